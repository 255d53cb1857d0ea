package dev.backingservice.operator;

import dev.backingservice.act.FirstSight;
import dev.backingservice.act.ServerCertificates;
import dev.backingservice.api.Annotations;
import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Session;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Protection;
import dev.backingservice.report.ServerReporter;
import dev.backingservice.report.ServerReporter.Seen;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Looks at one server: its certificate, who it is, how weak it is; locks what a copy brought along
/// and pays what it is owed. Whoever is said to be gone and takes writes is not: the word is taken
/// back, or it would forgive what comes later, too.
final class Inspection {
  private final Workshop workshop;
  private final Map<String, Posture> postures = new ConcurrentHashMap<>();

  Inspection(Workshop workshop) {
    this.workshop = workshop;
  }

  /// Everything that is asked of a server on its own behalf.
  Seen look(BackingServer resource) {
    var notServed = ServerReporter.notServed(resource);
    if (notServed.isPresent()) return new Seen.Troubled(notServed.get(), 0);
    var unreadable =
        certificate(resource).or(() -> workshop.servers.refresh(resource, workshop.engine));
    workshop.directory.tidy(workshop.engine);
    if (unreadable.isPresent())
      return new Seen.Troubled(
          unreadable.get(), workshop.debts.owed(resource.getMetadata().getName()));
    var gone = Annotations.read(resource, Annotations.GONE);
    var served = workshop.directory.find(resource.getMetadata().getName()).orElseThrow();
    try (var session = workshop.engine.open(served.server())) {
      var identity = session.identity();
      if (ServerReporter.isNew(resource, identity)) greet(session, resource, identity);
      var known = posture(session, resource, identity);
      boolean back = identity.takesWritesAs(gone);
      if (back) workshop.resources.forget(resource, Annotations.GONE);
      int owed = workshop.debts.pay(session, served.server().name(), back ? "" : gone);
      return new Seen.Answers(
          identity, known.findings, known.protection, served.server().data(), owed);
    } catch (EngineException e) {
      int owed = workshop.debts.forgive(resource.getMetadata().getName(), gone);
      return new Seen.Troubled(new Failure(e.reason(), e.sentence()), owed);
    }
  }

  /// A minute old at most, and of this process and spec.
  private Posture posture(Session session, BackingServer resource, Identity identity)
      throws EngineException {
    var name = resource.getMetadata().getName();
    var key = resource.getMetadata().getGeneration() + identity.instanceId();
    var known = postures.get(name);
    if (known != null && known.key.equals(key) && !known.old()) return known;
    var seen = new Posture(key, session.posture(), session.protection(), System.nanoTime());
    postures.put(name, seen);
    return seen;
  }

  /// The server's own certificate, when the operator is to issue it.
  private Optional<Failure> certificate(BackingServer resource) {
    var tls = resource.getSpec().tls();
    var wanted = tls == null ? null : tls.serverCertificate();
    if (wanted == null) return Optional.empty();
    return workshop.certificates.keep(
        new ServerCertificates.Wanted(
            resource.getMetadata().getName(), wanted.secretName(), wanted.dnsNames()),
        workshop.clock.instant());
  }

  private void greet(Session session, BackingServer resource, Identity identity)
      throws EngineException {
    var name = resource.getMetadata().getName();
    var relatives =
        workshop.resources.every(BackingServer.class, Set.of()).stream()
            .filter(s -> !s.getMetadata().getName().equals(name))
            .filter(s -> s.getStatus() != null)
            .filter(s -> identity.serverId().equals(s.getStatus().serverId()))
            .map(
                s ->
                    new FirstSight.Relative(
                        s.getMetadata().getName(), String.valueOf(s.getStatus().instanceId())))
            .toList();
    workshop.firstSight.greet(
        session,
        new FirstSight.Newcomer(name, identity),
        relatives,
        names ->
            new Holders(workshop.instance)
                .logins(
                    workshop.resources.every(BackingService.class, workshop.namespaces), names));
  }

  /// What was found weak, and when.
  private record Posture(
      String key, List<Finding> findings, Optional<Protection> protection, long at) {
    boolean old() {
      return System.nanoTime() - at > Duration.ofMinutes(1).toNanos();
    }
  }
}
