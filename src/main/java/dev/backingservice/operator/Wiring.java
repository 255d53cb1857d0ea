package dev.backingservice.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.act.Actor;
import dev.backingservice.act.BindingMaker;
import dev.backingservice.act.ClusterMarks;
import dev.backingservice.act.DebtBook;
import dev.backingservice.act.Fencing;
import dev.backingservice.act.KeyStore;
import dev.backingservice.act.LeaderTerm;
import dev.backingservice.act.LeaseHandover;
import dev.backingservice.act.OnSecrets;
import dev.backingservice.act.OnServers;
import dev.backingservice.act.OnWorkloads;
import dev.backingservice.act.ServerActor;
import dev.backingservice.act.ServerCertificates;
import dev.backingservice.act.StatusRecorder;
import dev.backingservice.engine.Directory;
import dev.backingservice.engine.Engines;
import dev.backingservice.engine.MarkStore;
import dev.backingservice.engine.SeenAnchors;
import dev.backingservice.engine.cloud.CloudTokens;
import dev.backingservice.engine.generic.GenericEngine;
import dev.backingservice.engine.mysql.MySqlEngine;
import dev.backingservice.engine.postgresql.PostgresEngine;
import dev.backingservice.engine.rabbitmq.RabbitMqEngine;
import dev.backingservice.engine.redis.RedisEngine;
import dev.backingservice.engine.smtp.SmtpEngine;
import dev.backingservice.kube.Documents;
import dev.backingservice.kube.Events;
import dev.backingservice.kube.GivenCredentials;
import dev.backingservice.kube.Leases;
import dev.backingservice.kube.MetadataOnly;
import dev.backingservice.kube.Passwords;
import dev.backingservice.kube.Resources;
import dev.backingservice.kube.Rollouts;
import dev.backingservice.kube.Secrets;
import dev.backingservice.kube.Workloads;
import dev.backingservice.model.RootKey;
import dev.backingservice.observe.BindingCheck;
import dev.backingservice.observe.CertificateReader;
import dev.backingservice.observe.Durations;
import dev.backingservice.observe.Observer;
import dev.backingservice.observe.PreflightProbe;
import dev.backingservice.observe.Rehearsal;
import dev.backingservice.observe.Rhythm;
import dev.backingservice.observe.ServerObserver;
import dev.backingservice.observe.ServerReader;
import dev.backingservice.observe.ServiceServers;
import dev.backingservice.observe.WorkloadFinder;
import dev.backingservice.operator.metrics.LeaderActivity;
import dev.backingservice.tls.Authorities;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.quarkus.arc.All;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapper;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapperCustomizer;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/// Makes what the reconcilers work with, each once, by constructors.
class Wiring {
  private static final Duration DRIFT = Duration.ofMinutes(10);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Clock CLOCK = Clock.systemUTC();

  @Produces
  @Singleton
  Installation installation(Settings settings) {
    // names the pod, for people; never that of a former process in the same pod
    var host = Objects.requireNonNullElse(System.getenv("HOSTNAME"), "local");
    return new Installation(
        OperatorNamespace.of(settings),
        Set.copyOf(settings.namespaces().orElse(List.of())),
        host + "_" + UUID.randomUUID(),
        CLOCK);
  }

  @Produces
  @Singleton
  Secrets secrets(KubernetesClient client) {
    return new Secrets(client);
  }

  @Produces
  @Singleton
  GivenCredentials givenCredentials(Secrets secrets, RootKey key) {
    return new GivenCredentials(secrets, key);
  }

  @Produces
  @Singleton
  Passwords passwords(RootKey key, GivenCredentials given) {
    return new Passwords(key, given);
  }

  @Produces
  @Singleton
  @KubernetesClientObjectMapper
  ObjectMapper objectMapper(@All List<KubernetesClientObjectMapperCustomizer> customizers) {
    var mapper = Documents.mapper();
    customizers.forEach(customizer -> customizer.customize(mapper));
    return mapper;
  }

  @Produces
  @Singleton
  MetadataOnly metadataOnly(KubernetesClient client) {
    return MetadataOnly.like(client, new VertxHttpClientFactory());
  }

  @Produces
  @Singleton
  Resources resources(KubernetesClient client, MetadataOnly metadata) {
    return new Resources(client, metadata);
  }

  @Produces
  @Singleton
  Workloads workloads(KubernetesClient client, MetadataOnly metadata) {
    return new Workloads(client, metadata);
  }

  @Produces
  @Singleton
  KeyStore keyStore(Secrets secrets, Installation installation) {
    return new KeyStore(secrets, installation.namespace(), RANDOM);
  }

  @Produces
  @Singleton
  RootKey rootKey(KeyStore keys) {
    return ApiWait.until("the root key", keys::rootKey);
  }

  @Produces
  @Singleton
  Authorities authorities(KeyStore keys, RootKey key) {
    return ApiWait.until(
        "the authorities", () -> keys.authorities(key.instance(), CLOCK.instant()));
  }

  @Produces
  @Singleton
  Leases leases(KubernetesClient client) {
    return new Leases(client, CLOCK);
  }

  @Produces
  @Singleton
  LeaseHandover handover(Leases leases) {
    return new LeaseHandover(leases);
  }

  @Produces
  @Singleton
  LeaderTerm term(Secrets secrets, Leases leases, Installation installation) {
    return new LeaderTerm(
        secrets,
        installation.namespace(),
        () -> leases.heldBy(installation.namespace(), Installation.LEASE, installation.identity()));
  }

  @Produces
  @Singleton
  MarkStore markStore(Secrets secrets, Installation installation) {
    return new ClusterMarks(secrets, installation.namespace());
  }

  @Produces
  @Singleton
  Engines engines(RootKey key, MarkStore store, LeaderTerm term, Settings settings) {
    return new Engines(
        List.of(
            new PostgresEngine(key, term, settings.serverConnections()),
            new MySqlEngine(key, store, term, settings.serverConnections()),
            new RedisEngine(key, term, settings.serverConnections()),
            new RabbitMqEngine(key, term, settings.serverConnections()),
            new SmtpEngine(),
            new GenericEngine()));
  }

  @Produces
  @Singleton
  Directory directory(Census census) {
    return new Directory(census::trustChanged);
  }

  @Produces
  @Singleton
  Rhythm rhythm(Settings settings) {
    return new Rhythm(Durations.of(settings.driftInterval(), DRIFT), RANDOM);
  }

  @Produces
  @Singleton
  ServerReader serverReader(
      Secrets secrets,
      Installation installation,
      Authorities authorities,
      Directory directory,
      Engines engines,
      Census census) {
    return new ServerReader(
        secrets,
        installation.namespace(),
        authorities.servers().certificatePem(),
        directory,
        engines,
        census::server,
        new CloudTokens());
  }

  @Produces
  @Singleton
  Observer observer(
      Workloads workloads,
      Secrets secrets,
      RootKey key,
      Authorities authorities,
      Engines engines,
      Directory directory,
      ServerReader reader,
      GivenCredentials given,
      Passwords passwords,
      SeenAnchors anchors,
      Rhythm rhythm) {
    return new Observer(
        secrets,
        key,
        given,
        engines,
        rhythm,
        new ServiceServers(directory, reader, key),
        new WorkloadFinder(workloads),
        new BindingCheck(directory, passwords, authorities.clients(), anchors, rhythm, CLOCK),
        new PreflightProbe(directory, RANDOM),
        new Rehearsal(secrets, workloads));
  }

  @Produces
  @Singleton
  ServerObserver serverObserver(
      Directory directory,
      ServerReader reader,
      Secrets secrets,
      Authorities authorities,
      Installation installation) {
    var namespace = installation.namespace();
    return new ServerObserver(
        directory,
        reader,
        new CertificateReader(secrets, namespace, authorities.servers().certificatePem(), CLOCK),
        secrets,
        namespace,
        RANDOM);
  }

  @Produces
  @Singleton
  SeenAnchors anchors() {
    return new SeenAnchors();
  }

  @Produces
  @Singleton
  OnServers onServers(
      Directory directory, Passwords passwords, Authorities authorities, SeenAnchors anchors) {
    return new OnServers(directory, passwords, authorities.clients(), anchors, CLOCK);
  }

  @Produces
  @Singleton
  DebtBook debtBook(Secrets secrets, Installation installation) {
    return new DebtBook(secrets, installation.namespace());
  }

  @Produces
  @Singleton
  OnSecrets onSecrets(
      Secrets secrets,
      Resources resources,
      Directory directory,
      RootKey key,
      Authorities authorities,
      Passwords passwords,
      SeenAnchors anchors,
      DebtBook book) {
    var maker = new BindingMaker(key, authorities, passwords, anchors);
    return new OnSecrets(secrets, resources, directory, key, maker, book);
  }

  @Produces
  @Singleton
  Actor actor(OnServers servers, OnSecrets secrets, Workloads workloads, Settings settings) {
    var rolling = new OnWorkloads(workloads, new Rollouts(settings.rollouts()));
    return new Actor(servers, new Fencing(servers), secrets, rolling, CLOCK);
  }

  @Produces
  @Singleton
  ServerActor serverActor(
      OnServers servers,
      Secrets secrets,
      Resources resources,
      RootKey key,
      Authorities authorities,
      DebtBook book,
      Installation installation) {
    var certificates =
        new ServerCertificates(secrets, authorities.servers(), installation.namespace());
    return new ServerActor(servers, certificates, book, key, resources, CLOCK);
  }

  @Produces
  @Singleton
  StatusRecorder recorder(KubernetesClient client, Resources resources, Installation installation) {
    return new StatusRecorder(resources, new Events(client, installation.namespace(), CLOCK));
  }

  @Produces
  @Singleton
  GivenSecrets givenSecrets(Secrets secrets) {
    return new GivenSecrets(secrets);
  }

  @Produces
  @Singleton
  BindingSecrets bindingSecrets(LeaderActivity activity) {
    return new BindingSecrets(activity);
  }

  @Produces
  @Singleton
  Census census() {
    return new Census();
  }
}
