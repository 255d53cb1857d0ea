package dev.backingservice.kube;

import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.ServiceId;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;

/// The credentials that tenants hand over, each in a Secret of its namespace with the keys
/// `username` and `password`. It is read by name.
public final class GivenCredentials {
  private static final int LONGEST_NAME = 253;
  private static final int LONGEST_PASSWORD = 2048;
  private final Secrets secrets;
  private final RootKey key;

  public GivenCredentials(Secrets secrets, RootKey key) {
    this.secrets = secrets;
    this.key = key;
  }

  /// What a Secret holds.
  public sealed interface Read {
    /// @param content tells it from other content of the Secret, and nothing else
    record Good(String username, Sensitive password, String content) implements Read {}

    record Bad(Failure failure) implements Read {}
  }

  /// @param name of the Secret
  public Read read(ServiceId service, String name) {
    return read(service, name, secrets.find(service.namespace(), name));
  }

  Read read(ServiceId service, String name, Optional<Secret> secret) {
    if (secret.isEmpty())
      return bad(
          "the Secret %s does not exist: create it with the keys username and password", name);
    if (ours(secret.get()))
      return bad(
          "the Secret %s is a binding that the operator wrote: name the one with the account of the provider",
          name);
    var username = text(secret.get(), "username");
    var password = text(secret.get(), "password");
    if (username.isEmpty() || password.isEmpty())
      return bad("the Secret %s needs the keys username and password, each with a value", name);
    if (unfit(username.get(), LONGEST_NAME) || unfit(password.get(), LONGEST_PASSWORD))
      return bad(
          "username (at most 253 characters) and password (at most 2048) in the Secret %s are UTF-8 text without control characters: remove a line break at the end",
          name);
    return new Read.Good(
        username.get(),
        new Sensitive(password.get()),
        key.seal("given", service.uid(), username.get(), password.get()));
  }

  private static Optional<String> text(Secret secret, String name) {
    return Secrets.text(secret, name).filter(text -> !text.isEmpty());
  }

  /// What is no UTF-8 was decoded to replacement characters.
  private static boolean unfit(String text, int longest) {
    return text.length() > longest || text.chars().anyMatch(GivenCredentials::unprintable);
  }

  /// Also what turns the direction of a text around.
  private static boolean unprintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT -> true;
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      default -> c == '\uFFFD';
    };
  }

  /// What was published once more would be new content each time.
  private static boolean ours(Secret secret) {
    return secret.getMetadata() != null
        && secret.getMetadata().getOwnerReferences().stream()
            .anyMatch(o -> "BackingService".equals(o.getKind()));
  }

  private static Read bad(String sentence, String name) {
    return new Read.Bad(new Failure(Reason.CredentialsMissing, sentence.formatted(name)));
  }
}
