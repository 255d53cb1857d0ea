package dev.backingservice.observe;

import dev.backingservice.api.Annotations;
import dev.backingservice.api.BackingServer;
import dev.backingservice.binding.DebtPage;
import dev.backingservice.engine.Directory;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Examination;
import dev.backingservice.engine.Session;
import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Labels;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.ServerFacts;
import dev.backingservice.plan.ServerFacts.Seen;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// Gathers the facts of one server: its certificate, who it is, how weak it is, what it is owed.
public final class ServerObserver {
  private final Directory directory;
  private final ServerReader reader;
  private final CertificateReader certificates;
  private final Secrets secrets;
  private final String namespace;
  private final RandomGenerator random;
  private final Map<String, Examined> examined = new ConcurrentHashMap<>();

  /// Two servers that compare themselves with each other would wait for each other's connections.
  private final ReentrantLock comparing = new ReentrantLock();

  /// @param namespace the operator's own
  public ServerObserver(
      Directory directory,
      ServerReader reader,
      CertificateReader certificates,
      Secrets secrets,
      String namespace,
      RandomGenerator random) {
    this.directory = directory;
    this.reader = reader;
    this.certificates = certificates;
    this.secrets = secrets;
    this.namespace = namespace;
    this.random = random;
  }

  /// @param others every other BackingServer
  public ServerFacts observe(BackingServer resource, List<BackingServer> others) {
    var name = resource.getMetadata().getName();
    var certificate = certificates.read(resource);
    var unreadable = certificates.refusal(certificate).or(() -> reader.refresh(resource));
    var seen = unreadable.<Seen>map(Seen.Troubled::new).orElseGet(() -> look(resource));
    var status = resource.getStatus();
    var facts =
        new ServerFacts(
            name,
            seen,
            new ServerFacts.Recorded(
                status == null ? "" : Objects.requireNonNullElse(status.serverId(), ""),
                status == null ? "" : Objects.requireNonNullElse(status.timeline(), "")),
            new ServerFacts.Said(
                Annotations.read(resource, Annotations.ACCEPT_IDENTITY),
                Annotations.read(resource, Labels.GONE)),
            DebtPage.read(secrets.find(namespace, DebtPage.name(name))),
            certificate,
            Set.of(name));
    return facts.isNew() ? named(facts, others) : facts;
  }

  /// Whoever is new is not dealt with until it is known which other names lead there.
  private ServerFacts named(ServerFacts facts, List<BackingServer> others) {
    try {
      return facts.withNames(names(facts.name(), others));
    } catch (EngineException e) {
      return facts.withSeen(troubled(e));
    }
  }

  private Seen look(BackingServer resource) {
    var served = directory.find(resource.getMetadata().getName()).orElseThrow();
    try (var session = served.open()) {
      var self = session.self();
      var identity = served.server().primary().isEmpty() ? self : session.identity();
      var known = examined(session, resource, self);
      return new Seen.Answers(
          identity,
          self,
          known.findings(),
          known.protection(),
          served.server().primary().isEmpty() ? known.instances() : Set.of(),
          served.server().data());
    } catch (EngineException e) {
      return troubled(e);
    }
  }

  private static Seen troubled(EngineException e) {
    return new Seen.Troubled(new Failure(e.detail(), e.sentence()));
  }

  /// Every name that leads to this running server.
  private Set<String> names(String name, List<BackingServer> others) throws EngineException {
    var names = new HashSet<>(Set.of(name));
    var served = directory.find(name).orElseThrow();
    if (!comparing.tryLock())
      throw EngineException.of(
          Reason.ServerUnreachable, name + " is looked at again: other servers are compared now");
    try (var session = served.open()) {
      var identity = session.identity();
      for (var other : others)
        if (mayBe(session, identity, other)) names.add(other.getMetadata().getName());
      return names;
    } finally {
      comparing.unlock();
    }
  }

  /// A name that nobody has looked at yet may lead here as well as anywhere; those of
  /// readers on standbys may be here.
  private boolean mayBe(Session session, Identity identity, BackingServer other)
      throws EngineException {
    var lineage = lineage(other);
    return lineage.isEmpty()
        || (lineage.equals(identity.serverId()) && other.getSpec().primary() != null)
        || (lineage.equals(identity.serverId()) && same(session, identity, other));
  }

  private static String lineage(BackingServer server) {
    return Optional.ofNullable(server.getStatus()).map(s -> s.serverId()).orElse("");
  }

  /// What was last seen under a name counts where nobody can be asked, now and not a while ago:
  /// both names may have moved together. One that is busy is asked again.
  private boolean same(Session session, Identity identity, BackingServer other)
      throws EngineException {
    var served = directory.find(other.getMetadata().getName());
    boolean recorded = identity.instanceId().equals(other.getStatus().instanceId());
    if (served.isEmpty()) return recorded;
    try (var there = served.get().openAfresh()) {
      return PreflightProbe.same(session, there, random);
    } catch (EngineException e) {
      if (!e.silent() && e.reason() == Reason.ServerUnreachable) throw e;
      return recorded;
    }
  }

  /// A minute old at most, and of this process and spec.
  private Examination examined(Session session, BackingServer resource, Identity identity)
      throws EngineException {
    var name = resource.getMetadata().getName();
    var of = resource.getMetadata().getGeneration() + identity.instanceId();
    var known = examined.get(name);
    if (known != null && known.of.equals(of) && !known.old()) return known.result;
    var seen = new Examined(of, session.examine(), System.nanoTime());
    examined.put(name, seen);
    return seen.result;
  }

  /// What was found, and when.
  private record Examined(String of, Examination result, long at) {
    boolean old() {
      return System.nanoTime() - at > Duration.ofMinutes(1).toNanos();
    }
  }
}
