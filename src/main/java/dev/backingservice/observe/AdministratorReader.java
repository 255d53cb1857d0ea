package dev.backingservice.observe;

import dev.backingservice.api.BackingServerSpec;
import dev.backingservice.engine.Engine;
import dev.backingservice.engine.TokenSource;
import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Sensitive;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the administrator's account from its Secret, by name, in the operator's own namespace.
final class AdministratorReader {
  private final Secrets secrets;
  private final String namespace;
  private final TokenSource.Maker tokens;

  /// @param namespace the operator's own
  /// @param tokens for administrators without a password
  AdministratorReader(Secrets secrets, String namespace, TokenSource.Maker tokens) {
    this.secrets = secrets;
    this.namespace = namespace;
    this.tokens = tokens;
  }

  /// What was read.
  sealed interface Account {
    record Good(String database, String user, Sensitive password, Optional<TokenSource> tokens)
        implements Account {}

    record Bad(String sentence) implements Account {}
  }

  /// @param admin of the server, or of its primary
  Account read(BackingServerSpec spec, Engine engine, BackingServerSpec.@Nullable Admin admin) {
    if (admin == null) return new Account.Bad("spec.admin is missing");
    var secret = secrets.find(namespace, admin.secretName());
    if (secret.isEmpty())
      return new Account.Bad(
          "Secret %s in namespace %s does not exist: create it with keys username and password"
              .formatted(admin.secretName(), namespace));
    var at = Endpoints.admin(spec, engine);
    return refusal(spec, admin, at, secret.get())
        .<Account>map(Account.Bad::new)
        .orElseGet(() -> account(engine, admin, at, secret.get()));
  }

  private Optional<String> refusal(
      BackingServerSpec spec, BackingServerSpec.Admin admin, Endpoint at, Secret secret) {
    boolean token = takesTokens(admin);
    if (text(secret, "username").isEmpty() || (text(secret, "password").isEmpty() && !token))
      return Optional.of(
          "Secret %s in namespace %s needs %s"
              .formatted(
                  admin.secretName(),
                  namespace,
                  token ? "the key username" : "keys username and password"));
    var bound = text(secret, "host");
    var unsafe = token ? Tokens.problem(spec, admin, bound, at) : Optional.<String>empty();
    return unsafe.or(
        () ->
            bound
                .filter(host -> !host.equals(at.host()))
                .map(
                    _ ->
                        "Secret %s in namespace %s is for another host than %s: correct its key host, or name another Secret"
                            .formatted(admin.secretName(), namespace, at.host())));
  }

  private Account account(
      Engine engine, BackingServerSpec.Admin admin, Endpoint at, Secret secret) {
    var user = text(secret, "username").orElseThrow();
    var source =
        Optional.ofNullable(admin.auth())
            .filter(_ -> takesTokens(admin))
            .map(auth -> tokens.of(auth.name(), at, user));
    return new Account.Good(
        Objects.requireNonNullElse(admin.database(), engine.defaults().adminDatabase()),
        user,
        source.isPresent()
            ? new Sensitive("")
            : new Sensitive(text(secret, "password").orElseThrow()),
        source);
  }

  private static boolean takesTokens(BackingServerSpec.Admin admin) {
    return admin.auth() != null && admin.auth() != BackingServerSpec.Auth.Password;
  }

  private static Optional<String> text(Secret secret, String key) {
    return Secrets.text(secret, key);
  }
}
