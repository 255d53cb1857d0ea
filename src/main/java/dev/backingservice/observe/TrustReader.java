package dev.backingservice.observe;

import dev.backingservice.api.ServerTls;
import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Trust;
import dev.backingservice.tls.Pem;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the anchors of a server from its Secret or ConfigMap, by name, in the operator's own
/// namespace.
final class TrustReader {
  private final Secrets secrets;
  private final String namespace;
  private final String authorityPem;

  /// @param namespace the operator's own
  /// @param authorityPem the anchor where a server names none
  TrustReader(Secrets secrets, String namespace, String authorityPem) {
    this.secrets = secrets;
    this.namespace = namespace;
    this.authorityPem = authorityPem;
  }

  /// What was read.
  sealed interface Anchors {
    record Good(Trust trust) implements Anchors {}

    record Bad(String sentence) implements Anchors {}
  }

  static Trust.Mode mode(@Nullable ServerTls tls) {
    return Trust.Mode.valueOf(
        (tls == null || tls.mode() == null ? ServerTls.Mode.VerifyFull : tls.mode()).name());
  }

  Anchors read(@Nullable ServerTls tls) {
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
