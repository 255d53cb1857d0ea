package dev.backingservice.observe;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingServerSpec;
import dev.backingservice.api.ServerTls;
import dev.backingservice.engine.Directory;
import dev.backingservice.engine.Engine;
import dev.backingservice.engine.Server;
import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import dev.backingservice.tls.Pem;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Turns BackingServers into servers that can be asked: reads the administrator's Secret and
/// the anchors, by name, in the operator's own namespace.
public final class Servers {
  private final Secrets secrets;
  private final String namespace;
  private final String authorityPem;
  private final Directory directory;

  public Servers(Secrets secrets, String namespace, String authorityPem, Directory directory) {
    this.secrets = secrets;
    this.namespace = namespace;
    this.authorityPem = authorityPem;
    this.directory = directory;
  }

  /// Reads a server that nobody has read since this process started.
  synchronized void know(BackingServer resource, Engine engine) {
    if (directory.find(resource.getMetadata().getName()).isEmpty()) refresh(resource, engine);
  }

  /// Reads everything anew and remembers it.
  ///
  /// @return why the server cannot be asked; empty when it can
  public Optional<Failure> refresh(BackingServer resource, Engine engine) {
    var spec = resource.getSpec();
    var admin = spec.admin();
    if (admin == null) return failure(Reason.AdminRefused, "spec.admin is missing");
    var secret = secrets.find(namespace, admin.secretName());
    var user = secret.flatMap(s -> Secrets.text(s, "username"));
    var password = secret.flatMap(s -> Secrets.text(s, "password"));
    if (user.isEmpty() || password.isEmpty())
      return failure(
          Reason.AdminRefused,
          "Secret %s in namespace %s needs keys username and password"
              .formatted(admin.secretName(), namespace));
    return switch (trust(spec.tls())) {
      case Anchors.Bad(var sentence) -> failure(Reason.CertificateNotTrusted, sentence);
      case Anchors.Good(var trust) -> {
        directory.put(
            new Directory.Served(
                engine,
                new Server(
                    resource.getMetadata().getName(),
                    data(spec, engine),
                    admin(spec, engine),
                    Objects.requireNonNullElse(admin.database(), "postgres"),
                    user.get(),
                    new Sensitive(password.get()),
                    trust,
                    clientCertificate(spec.tls()))));
        yield Optional.empty();
      }
    };
  }

  private static Optional<Failure> failure(Reason reason, String sentence) {
    return Optional.of(new Failure(reason, sentence));
  }

  private static Endpoint data(BackingServerSpec spec, Engine engine) {
    return new Endpoint(spec.host(), Objects.requireNonNullElse(spec.port(), engine.defaultPort()));
  }

  private static Endpoint admin(BackingServerSpec spec, Engine engine) {
    var endpoint = spec.admin() == null ? null : spec.admin().endpoint();
    if (endpoint == null) return data(spec, engine);
    return new Endpoint(
        endpoint.host(), Objects.requireNonNullElse(endpoint.port(), engine.defaultPort()));
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

  private Anchors trust(@Nullable ServerTls tls) {
    var mode =
        Trust.Mode.valueOf(
            (tls == null || tls.mode() == null ? ServerTls.Mode.VerifyFull : tls.mode()).name());
    var ca = tls == null ? null : tls.ca();
    if (ca == null) return new Anchors.Good(new Trust(mode, authorityPem, true));
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
