package dev.backingservice.observe;

import dev.backingservice.api.AllowedNamespaces;
import dev.backingservice.api.Annotations;
import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingServerSpec;
import dev.backingservice.api.Condition;
import dev.backingservice.model.Access;
import dev.backingservice.model.Credentials;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Labels;
import dev.backingservice.model.Reason;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/// Whether a namespace may attach to a server. To the tenant a server that does not exist and
/// one that does not admit it look alike; the true cause goes to the log.
final class Consent {
  private static final Logger LOG = Logger.getLogger(Consent.class);
  private final Registry known;

  Consent(Registry known) {
    this.known = known;
  }

  /// Why not; empty when it may.
  ///
  /// @param engine that the service's block is of; empty when it has none that is served
  Optional<Failure> refusal(
      String name, Optional<BackingServer> server, String namespace, Optional<EngineKind> engine) {
    if (server.isEmpty()) return refused(name, namespace, "no such BackingServer");
    if (server.get().getMetadata().getDeletionTimestamp() != null)
      return refused(name, namespace, "it is being deleted");
    var spec = server.get().getSpec();
    if (!admits(server.get(), namespace))
      return refused(name, namespace, "spec.allowedNamespaces does not admit the namespace");
    if (!server.get().unknownValues().isEmpty() || spec.engine() == null)
      return Optional.of(
          new Failure(
              Reason.NotYetSupported,
              "the BackingServer %s has a value that this version of the operator does not know: ask the platform team"
                  .formatted(name)));
    if (engine.filter(e -> !e.name().equals(spec.engine().name())).isPresent())
      return Optional.of(
          new Failure(
              Reason.EngineMismatch,
              "%s is a %s server: use the block of that engine".formatted(name, spec.engine())));
    return Optional.empty();
  }

  /// What the platform team caps: levels, connections, databases nobody listed; where an account is
  /// handed over, its provider does.
  static Optional<Failure> caps(Optional<BackingServer> server, Intent intent) {
    return server.flatMap(s -> caps(name(s), server, intent));
  }

  /// The same of a server whose accounts are used by another name.
  static Optional<Failure> caps(String name, Optional<BackingServer> server, Intent intent) {
    if (server.isEmpty()) return Optional.empty();
    if (!(intent.credentials() instanceof Credentials.Derived)) return Optional.empty();
    var spec = server.get().getSpec();
    if (spec.primary() != null && intent.access() != Access.ReadOnly)
      return capped(
          "%s is a standby, which takes no writes: set spec.access: ReadOnly, or name its primary in spec.server"
              .formatted(name));
    var most = spec.maxAccess();
    if (most != null && intent.access().compareTo(Access.valueOf(most.name())) > 0)
      return capped("%s allows access %s at most: set spec.access".formatted(name, most));
    var connections = spec.maxConnections();
    if (connections != null && intent.limits().connections() > connections)
      return capped(
          "%s allows %d connections at most: set the block's connectionLimit"
              .formatted(name, connections));
    var database = intent.place().scope().databaseName();
    if (database.isPresent() && database.equals(own(server.get())))
      return Optional.of(
          new Failure(
              Reason.ServerNotAvailable,
              "the administrator works in this database of %s: name the application's own database"
                  .formatted(name)));
    boolean unlisted =
        spec.unlistedDatabases() == BackingServerSpec.UnlistedDatabases.Refuse
            && database.isPresent()
            && !databases(server).containsKey(database.get());
    return unlisted
        ? refused(name, "", "spec.databases does not list the database")
        : Optional.empty();
  }

  /// Whether a server lists the database, and not for this namespace.
  static Optional<Failure> unlisted(
      String name, Optional<BackingServer> server, Intent intent, String namespace) {
    return intent
        .place()
        .scope()
        .databaseName()
        .map(databases(server)::get)
        .filter(listed -> !listed.contains(namespace))
        .flatMap(_ -> refused(name, namespace, "spec.databases does not list the namespace"));
  }

  /// The database that the administrator works in.
  private static Optional<String> own(BackingServer server) {
    var admin = server.getSpec().admin();
    return Optional.ofNullable(admin).map(BackingServerSpec.Admin::database);
  }

  /// The most connections that a login may have on a server.
  static int maxConnections(Optional<BackingServer> server) {
    return server
        .flatMap(s -> Optional.ofNullable(s.getSpec().maxConnections()))
        .orElse(Integer.MAX_VALUE);
  }

  private static Optional<Failure> capped(String sentence) {
    return Optional.of(new Failure(Reason.AccessNotSupported, sentence));
  }

  private static String name(BackingServer server) {
    return server.getMetadata().getName();
  }

  private static Optional<Failure> refused(String name, String namespace, String cause) {
    LOG.debugf("server not available: server=%s namespace=%s cause=%s", name, namespace, cause);
    return Optional.of(
        new Failure(
            Reason.ServerNotAvailable,
            "server %s does not exist or does not admit this namespace: ask the platform team, or correct spec.server"
                .formatted(name)));
  }

  /// Whether services of a namespace may be attached.
  boolean admits(BackingServer server, String namespace) {
    AllowedNamespaces allowed = server.getSpec().allowedNamespaces();
    if (allowed == null || allowed.from() == null) return false;
    return switch (allowed.from()) {
      case None -> false;
      case All -> true;
      case Selector ->
          Selectors.read(Objects.requireNonNull(allowed.selector()))
              .matches(known.labels(namespace));
    };
  }

  /// That a finding refuses new attachments, and which; what it says is of others, too.
  static Optional<Failure> posture(Optional<BackingServer> server) {
    return server.flatMap(s -> posture(name(s), server));
  }

  /// The same of a server whose accounts are used by another name.
  static Optional<Failure> posture(String name, Optional<BackingServer> server) {
    return server
        .flatMap(s -> Optional.ofNullable(s.getStatus()))
        .flatMap(s -> Optional.ofNullable(s.conditions()))
        .orElse(List.of())
        .stream()
        .filter(c -> c.type().equals("Secure") && c.status() == Condition.Status.False)
        .map(
            c ->
                new Failure(
                    Reason.PostureRefused,
                    "%s takes no new attachments before the finding %s is mended: ask the platform team"
                        .formatted(name, finding(c))))
        .findFirst();
  }

  /// The id, with which the message of the condition begins.
  private static String finding(Condition secure) {
    return secure.message().split(":", 2)[0];
  }

  /// The lineage that will never answer again, as the platform team says; empty text for none.
  static String gone(Optional<BackingServer> server) {
    return server.map(s -> Annotations.read(s, Labels.GONE)).orElse("");
  }

  /// Whether a cluster that fences its own answers under the name.
  static boolean trusted(Optional<BackingServer> server) {
    return server
        .filter(s -> s.getSpec().promotions() == BackingServerSpec.Promotions.Trust)
        .isPresent();
  }

  /// The lineage of the server: the one that is accepted, or was seen first; empty text before
  /// that.
  static String lineage(Optional<BackingServer> server) {
    var accepted = server.map(s -> Annotations.read(s, Annotations.ACCEPT_IDENTITY)).orElse("");
    if (!accepted.isEmpty()) return accepted;
    return server
        .flatMap(s -> Optional.ofNullable(s.getStatus()))
        .flatMap(s -> Optional.ofNullable(s.serverId()))
        .orElse("");
  }

  /// Which namespaces the platform team lists for each database.
  static Map<String, Set<String>> databases(Optional<BackingServer> server) {
    return server
        .flatMap(s -> Optional.ofNullable(s.getSpec().databases()))
        .orElse(List.of())
        .stream()
        .filter(d -> !d.namespaces().isEmpty())
        .collect(
            Collectors.groupingBy(
                BackingServerSpec.DatabaseGrant::name,
                Collectors.flatMapping(
                    d -> d.namespaces().stream(), Collectors.toUnmodifiableSet())));
  }
}
