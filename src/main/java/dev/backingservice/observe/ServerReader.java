package dev.backingservice.observe;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.ServerTls;
import dev.backingservice.engine.Directory;
import dev.backingservice.engine.Engine;
import dev.backingservice.engine.Engines;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.TokenSource;
import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Turns BackingServers into servers that can be asked: reads the administrator's Secret and
/// the anchors, by name, in the operator's own namespace.
public final class ServerReader {
  private static final AdministratorReader.Account.Good NOBODY =
      new AdministratorReader.Account.Good("", "", new Sensitive(""), Optional.empty());

  private final AdministratorReader administrators;
  private final TrustReader anchors;
  private final Directory directory;
  private final Engines engines;
  private final Function<String, Optional<BackingServer>> servers;

  /// What was read last, by the uid of each server's resource.
  private final Map<String, Version> versions = new ConcurrentHashMap<>();

  /// @param namespace the operator's own
  /// @param authorityPem the anchor where a server names none
  /// @param servers the BackingServers by name
  /// @param tokens for administrators without a password
  public ServerReader(
      Secrets secrets,
      String namespace,
      String authorityPem,
      Directory directory,
      Engines engines,
      Function<String, Optional<BackingServer>> servers,
      TokenSource.Maker tokens) {
    this.administrators = new AdministratorReader(secrets, namespace, tokens);
    this.anchors = new TrustReader(secrets, namespace, authorityPem);
    this.directory = directory;
    this.engines = engines;
    this.servers = servers;
  }

  /// Reads a server that nobody has read since this process started, or since it was edited: its
  /// services may hear of an edit before its own loop does.
  synchronized void know(BackingServer resource) {
    var meta = resource.getMetadata();
    var read = versions.get(meta.getUid());
    boolean outdated = read == null || read.isBefore(version(resource));
    if (directory.find(meta.getName()).isEmpty() || outdated) refresh(resource);
  }

  /// What was read of a server and its primary. A cache may be older than that: it counts for
  /// nothing.
  private record Version(long own, String primary, long ofPrimary) {
    boolean isBefore(Version other) {
      return own < other.own || !primary.equals(other.primary) || ofPrimary < other.ofPrimary;
    }
  }

  private Version version(BackingServer resource) {
    var primary = primary(resource);
    return new Version(
        generation(resource),
        primary.map(p -> p.getMetadata().getUid()).orElse(""),
        primary.map(ServerReader::generation).orElse(0L));
  }

  private static long generation(BackingServer resource) {
    return Objects.requireNonNullElse(resource.getMetadata().getGeneration(), 0L);
  }

  private Optional<BackingServer> primary(BackingServer resource) {
    return Optional.ofNullable(resource.getSpec().primary())
        .filter(name -> !name.equals(resource.getMetadata().getName()))
        .flatMap(servers);
  }

  /// Reads everything anew and remembers it. What was known before is not used any more when it
  /// does not make sense now.
  ///
  /// @return why the server cannot be asked; empty when it can
  Optional<Failure> refresh(BackingServer resource) {
    var failure = readAnew(resource);
    versions.put(resource.getMetadata().getUid(), version(resource));
    return failure;
  }

  private Optional<Failure> readAnew(BackingServer resource) {
    var spec = resource.getSpec();
    var unknown = resource.unknownValues();
    if (!unknown.isEmpty() || spec.engine() == null)
      return Optional.of(
          IntentReader.unknown(unknown.isEmpty() ? "spec.engine" : unknown.getFirst()));
    var engine = engines.find(new EngineKind(spec.engine().name()));
    if (engine.isEmpty())
      return failure(
          Reason.EngineNotSupported,
          "this operator does not serve %s yet".formatted(spec.engine()));
    return switch (standby(resource, engine.get())) {
      case Read.Good(var server) -> {
        directory.put(new Directory.Served(engine.get(), server));
        yield Optional.empty();
      }
      case Read.Bad(var failure) -> {
        directory
            .find(resource.getMetadata().getName())
            .ifPresent(known -> directory.put(known.withdrawn(failure.reason())));
        yield Optional.of(failure);
      }
    };
  }

  private sealed interface Read {
    record Good(Server server) implements Read {}

    record Bad(Failure failure) implements Read {}
  }

  /// A server with its primary, where it has one.
  private Read standby(BackingServer resource, Engine engine) {
    var named = resource.getSpec().primary();
    if (named == null) return read(resource, engine, resource);
    var primary = primary(resource);
    if (primary.isEmpty())
      return bad(Reason.AdminRefused, "spec.primary: there is no other BackingServer " + named);
    var problem = PrimaryCheck.problem(resource, primary.get());
    if (problem.isPresent()) return bad(Reason.AdminRefused, problem.get());
    return switch (read(primary.get(), engine, primary.get())) {
      case Read.Bad(var failure) ->
          bad(failure.reason(), "spec.primary %s: %s".formatted(named, failure.message()));
      case Read.Good(var accounts) -> standby(resource, engine, primary.get(), accounts);
    };
  }

  /// The roles of a standby are those of its primary, the administrator's as well: it is not shown
  /// to whoever could pass it on.
  private Read standby(
      BackingServer resource, Engine engine, BackingServer primary, Server accounts) {
    var administered = resource.getSpec().admin() == null ? primary : resource;
    if (resource.getSpec().admin() == null
        && TrustReader.mode(resource.getSpec().tls()) == Trust.Mode.Disabled)
      return bad(
          Reason.AdminRefused,
          "spec.primary: without TLS the administrator of %s is not used here: set spec.tls.mode: VerifyFull, or give spec.admin"
              .formatted(primary.getMetadata().getName()));
    return switch (read(resource, engine, administered)) {
      case Read.Good(var server) ->
          new Read.Good(server.standbyOf(accounts.usedBy(resource.getMetadata().getUid())));
      case Read.Bad bad -> bad;
    };
  }

  /// @param administered the resource that names the administrator
  private Read read(BackingServer resource, Engine engine, BackingServer administered) {
    var spec = resource.getSpec();
    var hosts =
        Stream.of(spec.host(), Endpoints.adminHost(spec)).filter(h -> !Endpoint.isHost(h)).toList();
    if (!hosts.isEmpty())
      return bad(
          Reason.AdminRefused,
          "a host is a DNS name or an IP address, without scheme, port or path: correct spec.host or spec.admin.endpoint.host");
    if (engine.abilities().given()) return server(resource, engine, NOBODY);
    return switch (administrators.read(spec, engine, administered.getSpec().admin())) {
      case AdministratorReader.Account.Bad(var sentence) -> bad(Reason.AdminRefused, sentence);
      case AdministratorReader.Account.Good account -> server(resource, engine, account);
    };
  }

  private Read server(
      BackingServer resource, Engine engine, AdministratorReader.Account.Good account) {
    var spec = resource.getSpec();
    var meta = resource.getMetadata();
    return switch (anchors.read(spec.tls())) {
      case TrustReader.Anchors.Bad(var sentence) -> bad(Reason.CertificateNotTrusted, sentence);
      case TrustReader.Anchors.Good(var trust) ->
          new Read.Good(
              new Server(
                  meta.getName(),
                  meta.getUid(),
                  Endpoints.data(spec, engine),
                  Endpoints.admin(spec, engine),
                  account.database(),
                  account.user(),
                  account.password(),
                  trust,
                  clientCertificate(spec.tls()),
                  start(spec.tls()),
                  Consent.trusted(Optional.of(resource))
                      ? Server.Promotions.Trust
                      : Server.Promotions.Fence,
                  account.tokens(),
                  Optional.empty()));
    };
  }

  private static Read bad(Reason reason, String sentence) {
    return new Read.Bad(new Failure(reason, sentence));
  }

  private static Optional<Failure> failure(Reason reason, String sentence) {
    return Optional.of(new Failure(reason, sentence));
  }

  private static Server.Start start(@Nullable ServerTls tls) {
    return tls == null || tls.handshake() == null
        ? Server.Start.ByPort
        : Server.Start.valueOf(tls.handshake().name());
  }

  private static Server.ClientCertificate clientCertificate(@Nullable ServerTls tls) {
    return tls == null || tls.clientCertificate() == null
        ? Server.ClientCertificate.Offered
        : Server.ClientCertificate.valueOf(tls.clientCertificate().name());
  }
}
