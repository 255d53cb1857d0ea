package dev.backingservice.operator;

import dev.backingservice.act.Actor;
import dev.backingservice.act.FirstSight;
import dev.backingservice.act.Hands;
import dev.backingservice.act.ServerCertificates;
import dev.backingservice.act.ServerDebts;
import dev.backingservice.engine.Directory;
import dev.backingservice.engine.Engine;
import dev.backingservice.engine.postgresql.PostgresEngine;
import dev.backingservice.kube.Events;
import dev.backingservice.kube.Resources;
import dev.backingservice.kube.Rollouts;
import dev.backingservice.kube.Secrets;
import dev.backingservice.kube.Workloads;
import dev.backingservice.observe.Durations;
import dev.backingservice.observe.Eyes;
import dev.backingservice.observe.Observer;
import dev.backingservice.observe.Rhythm;
import dev.backingservice.observe.Servers;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Everything the reconcilers work with, made once.
@Singleton
class Workshop {
  private static final Duration DRIFT = Duration.ofMinutes(10);
  final Clock clock = Clock.systemUTC();
  final String namespace;
  final String instance;
  final Resources resources;
  final Events events;
  final Directory directory = new Directory();
  final Engine engine;
  final Servers servers;
  final Observer observer;
  final Actor actor;
  final ServerDebts debts;
  final FirstSight firstSight;
  final ServerCertificates certificates;
  final Set<String> namespaces;
  final Rhythm rhythm;
  final Term term;
  final Meters meters;
  final Census census = new Census();

  /// Set when the process is asked to stop: caches empty from then on, and nothing is decided
  /// any more.
  volatile boolean stopping;

  Workshop(KubernetesClient client, Settings settings, Meters meters) {
    this.meters = meters;
    var random = new SecureRandom();
    var secrets = new Secrets(client);
    var workloads = new Workloads(client);
    var rollouts = new Rollouts(settings.rollouts());
    namespace = Place.namespace(settings);
    resources = new Resources(client);
    events = new Events(client, clock);
    var keys = new Keys(secrets, namespace, random);
    var key = keys.rootKey();
    instance = key.instance();
    var authority = keys.authority(key.instance(), clock.instant());
    term = new Term(secrets, namespace);
    engine = new PostgresEngine(key, term::mine, settings.serverConnections());
    rhythm = new Rhythm(Durations.of(settings.driftInterval(), DRIFT), random);
    servers = new Servers(secrets, namespace, authority.certificatePem(), directory);
    observer =
        new Observer(
            new Eyes(
                secrets, workloads, rollouts, resources, directory, servers, key, authority, clock,
                rhythm, random));
    var hands =
        new Hands(secrets, workloads, rollouts, resources, directory, key, authority, namespace);
    actor = new Actor(hands, clock);
    debts = new ServerDebts(hands);
    certificates = new ServerCertificates(hands);
    firstSight = new FirstSight(directory, random);
    namespaces = Set.copyOf(settings.namespaces().orElse(List.of()));
  }
}
