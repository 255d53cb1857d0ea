package dev.backingservice.act;

import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Labels;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Sensitive;
import dev.backingservice.tls.Authority;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.function.Supplier;

/// The operator's root key and its authority: made at the first start, kept in two Secrets,
/// found ever after.
public final class KeyStore {
  static final String ROOT_KEY = "backing-service-root-key";
  static final String AUTHORITY = "backing-service-authority";
  private static final String FIRST = "v1";
  private final Secrets secrets;
  private final String namespace;
  private final SecureRandom random;

  public KeyStore(Secrets secrets, String namespace, SecureRandom random) {
    this.secrets = secrets;
    this.namespace = namespace;
    this.random = random;
  }

  public RootKey rootKey() {
    var secret = findOrCreate(ROOT_KEY, this::newRootKey);
    var key = secret.getData() == null ? null : secret.getData().get(FIRST);
    if (key == null)
      throw new IllegalStateException(
          "Secret %s in namespace %s has no key %s: restore it from your backup"
              .formatted(ROOT_KEY, namespace, FIRST));
    return new RootKey(Base64.getDecoder().decode(key));
  }

  public Authority authority(String instance, Instant now) {
    var secret = findOrCreate(AUTHORITY, () -> newAuthority(instance, now));
    return Authority.of(
        Secrets.text(secret, "tls.crt").orElseThrow(),
        new Sensitive(Secrets.text(secret, "tls.key").orElseThrow()),
        random);
  }

  /// Two processes may start at once: the second one finds what the first one made.
  private Secret findOrCreate(String name, Supplier<Map<String, String>> data) {
    var found = secrets.find(namespace, name);
    if (found.isPresent()) return found.get();
    try {
      return secrets.create(
          new SecretBuilder()
              .withNewMetadata()
              .withName(name)
              .withNamespace(namespace)
              .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
              .endMetadata()
              .withType(name.equals(AUTHORITY) ? "kubernetes.io/tls" : "Opaque")
              .withData(data.get())
              .build());
    } catch (KubernetesClientException e) {
      if (!Refusals.conflict(e)) throw e;
      return secrets.find(namespace, name).orElseThrow();
    }
  }

  private Map<String, String> newRootKey() {
    var key = new byte[RootKey.LENGTH];
    random.nextBytes(key);
    return Map.of(FIRST, Secrets.encoded(key));
  }

  private Map<String, String> newAuthority(String instance, Instant now) {
    var authority = Authority.create(instance, now, random);
    return Map.of(
        "tls.crt", Secrets.encoded(authority.certificatePem()),
        "tls.key", Secrets.encoded(authority.keyPem()));
  }
}
