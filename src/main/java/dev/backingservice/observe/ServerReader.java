package dev.backingservice.observe;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingServerSpec;
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
import dev.backingservice.tls.Pem;
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
  private static final Account.Good NOBODY =
      new Account.Good("", "", new Sensitive(""), Optional.empty());

  private final Secrets secrets;
  private final String namespace;
  private final String authorityPem;
  private final Directory directory;
  private final Engines engines;
  private final Function<String, Optional<BackingServer>> servers;
  private final TokenSource.Maker tokens;

  /// The generation that was read last, by the uid of each server's resource; that of its primary
  /// is part of it.
  private final Map<String, String> generations = new ConcurrentHashMap<>();

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
    this.secrets = secrets;
    this.namespace = namespace;
    this.authorityPem = authorityPem;
    this.directory = directory;
    this.engines = engines;
    this.servers = servers;
    this.tokens = tokens;
  }

  /// Reads a server that nobody has read since this process started, or since it was edited: its
  /// services may hear of an edit before its own loop does.
  synchronized void know(BackingServer resource) {
    var meta = resource.getMetadata();
    boolean read = generation(resource).equals(generations.get(meta.getUid()));
    if (directory.find(meta.getName()).isEmpty() || !read) refresh(resource);
  }

  private String generation(BackingServer resource) {
    var meta = resource.getMetadata();
    return meta.getUid()
        + "/"
        + meta.getGeneration()
        + primary(resource).map(this::generation).orElse("");
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
    generations.put(resource.getMetadata().getUid(), generation(resource));
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
    if (resource.getSpec().admin() == null && mode(resource.getSpec().tls()) == Trust.Mode.Disabled)
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
    var hosts = Stream.of(spec.host(), adminHost(spec)).filter(h -> !Endpoint.isHost(h)).toList();
    if (!hosts.isEmpty())
      return bad(
          Reason.AdminRefused,
          "a host is a DNS name or an IP address, without scheme, port or path: correct spec.host or spec.admin.endpoint.host");
    if (engine.abilities().given()) return server(resource, engine, NOBODY);
    return switch (administrator(spec, engine, administered.getSpec().admin())) {
      case Account.Bad(var sentence) -> bad(Reason.AdminRefused, sentence);
      case Account.Good account -> server(resource, engine, account);
    };
  }

  private Read server(BackingServer resource, Engine engine, Account.Good account) {
    var spec = resource.getSpec();
    var meta = resource.getMetadata();
    return switch (trust(spec.tls())) {
      case Anchors.Bad(var sentence) -> bad(Reason.CertificateNotTrusted, sentence);
      case Anchors.Good(var trust) ->
          new Read.Good(
              new Server(
                  meta.getName(),
                  meta.getUid(),
                  data(spec, engine),
                  admin(spec, engine),
                  account.database,
                  account.user,
                  account.password,
                  trust,
                  clientCertificate(spec.tls()),
                  start(spec.tls()),
                  Consent.trusted(Optional.of(resource))
                      ? Server.Promotions.Trust
                      : Server.Promotions.Fence,
                  account.tokens,
                  Optional.empty()));
    };
  }

  private sealed interface Account {
    record Good(String database, String user, Sensitive password, Optional<TokenSource> tokens)
        implements Account {}

    record Bad(String sentence) implements Account {}
  }

  private Account administrator(
      BackingServerSpec spec, Engine engine, BackingServerSpec.@Nullable Admin admin) {
    var at = admin(spec, engine);
    if (admin == null) return new Account.Bad("spec.admin is missing");
    var secret = secrets.find(namespace, admin.secretName());
    if (secret.isEmpty())
      return new Account.Bad(
          "Secret %s in namespace %s does not exist: create it with keys username and password"
              .formatted(admin.secretName(), namespace));
    var user = secret.flatMap(s -> Secrets.text(s, "username"));
    var password = secret.flatMap(s -> Secrets.text(s, "password"));
    var source = user.flatMap(name -> tokens(admin.auth(), at, name));
    boolean token = takesTokens(admin.auth());
    if (user.isEmpty() || (password.isEmpty() && !token))
      return new Account.Bad(
          "Secret %s in namespace %s needs %s"
              .formatted(
                  admin.secretName(),
                  namespace,
                  token ? "the key username" : "keys username and password"));
    var bound = secret.flatMap(s -> Secrets.text(s, "host"));
    var unsafe = token ? Tokens.problem(spec, admin, bound, at) : Optional.<String>empty();
    if (unsafe.isPresent()) return new Account.Bad(unsafe.get());
    if (bound.filter(host -> !host.equals(at.host())).isPresent())
      return new Account.Bad(
          "Secret %s in namespace %s is for another host than %s: correct its key host, or name another Secret"
              .formatted(admin.secretName(), namespace, at.host()));
    return new Account.Good(
        Objects.requireNonNullElse(admin.database(), engine.defaults().adminDatabase()),
        user.get(),
        new Sensitive(token ? "" : password.orElseThrow()),
        source);
  }

  private static boolean takesTokens(BackingServerSpec.@Nullable Auth auth) {
    return auth != null && auth != BackingServerSpec.Auth.Password;
  }

  private Optional<TokenSource> tokens(
      BackingServerSpec.@Nullable Auth auth, Endpoint at, String user) {
    return auth != null && takesTokens(auth)
        ? Optional.of(tokens.of(auth.name(), at, user))
        : Optional.empty();
  }

  private static Read bad(Reason reason, String sentence) {
    return new Read.Bad(new Failure(reason, sentence));
  }

  private static Optional<Failure> failure(Reason reason, String sentence) {
    return Optional.of(new Failure(reason, sentence));
  }

  private static Endpoint data(BackingServerSpec spec, Engine engine) {
    return new Endpoint(
        spec.host(), Objects.requireNonNullElse(spec.port(), engine.defaults().port()));
  }

  private static String adminHost(BackingServerSpec spec) {
    var endpoint = spec.admin() == null ? null : spec.admin().endpoint();
    return endpoint == null ? spec.host() : endpoint.host();
  }

  private static Endpoint admin(BackingServerSpec spec, Engine engine) {
    var endpoint = spec.admin() == null ? null : spec.admin().endpoint();
    var defaults = engine.defaults();
    if (endpoint != null)
      return new Endpoint(
          endpoint.host(), Objects.requireNonNullElse(endpoint.port(), defaults.adminPort()));
    return defaults.adminPort() == defaults.port()
        ? data(spec, engine)
        : new Endpoint(spec.host(), defaults.adminPort());
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

  private sealed interface Anchors {
    record Good(Trust trust) implements Anchors {}

    record Bad(String sentence) implements Anchors {}
  }

  private static Trust.Mode mode(@Nullable ServerTls tls) {
    return Trust.Mode.valueOf(
        (tls == null || tls.mode() == null ? ServerTls.Mode.VerifyFull : tls.mode()).name());
  }

  private Anchors trust(@Nullable ServerTls tls) {
    var mode = mode(tls);
    var ca = tls == null ? null : tls.ca();
    // without a host name to compare, any certificate of a public authority would do
    if (ca == null)
      return new Anchors.Good(new Trust(mode, authorityPem, mode != Trust.Mode.VerifyCA));
    var key = Objects.requireNonNullElse(ca.key(), "ca.crt");
    var name = Objects.requireNonNullElse(ca.secretName(), ca.configMapName());
    var bundle =
        ca.secretName() != null ? fromSecret(ca.secretName(), key) : fromConfigMap(name, key);
    if (bundle.isEmpty())
      return new Anchors.Bad(
          "spec.tls.ca: %s in namespace %s has no key %s".formatted(name, namespace, key));
    var problem = Pem.problem(bundle.get());
    if (problem.isPresent())
      return new Anchors.Bad("spec.tls.ca: %s of %s: %s".formatted(key, name, problem.get()));
    return new Anchors.Good(new Trust(mode, bundle.get(), false));
  }

  private Optional<String> fromSecret(String name, String key) {
    return secrets.find(namespace, name).flatMap(s -> Secrets.text(s, key));
  }

  private Optional<String> fromConfigMap(@Nullable String name, String key) {
    if (name == null) return Optional.empty();
    return secrets
        .findConfigMap(namespace, name)
        .flatMap(c -> Optional.ofNullable(c.getData()))
        .flatMap(d -> Optional.ofNullable(d.get(key)));
  }
}
