package dev.backingservice.act;

import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Labels;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Sensitive;
import dev.backingservice.tls.Authorities;
import dev.backingservice.tls.Authority;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.function.Supplier;

/// The operator's root key and its authorities: made at the first start, kept in two Secrets,
/// found ever after.
public final class KeyStore {
  static final String ROOT_KEY = "backing-service-root-key";
  static final String AUTHORITY = "backing-service-authority";
  private static final String FIRST = "v1";
  private static final String SERVERS_CERTIFICATE = "server-ca.crt";
  private static final String SERVERS_KEY = "server-ca.key";
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

  public Authorities authorities(String instance, Instant now) {
    var secret =
        complete(findOrCreate(AUTHORITY, () -> newAuthorities(instance, now)), instance, now);
    return new Authorities(
        authority(secret, "tls.crt", "tls.key"),
        authority(secret, SERVERS_CERTIFICATE, SERVERS_KEY));
  }

  /// A Secret of before there were two authorities gets the second one. Where another process
  /// writes it at the same time, its authority is the one.
  private Secret complete(Secret secret, String instance, Instant now) {
    if (Secrets.text(secret, SERVERS_CERTIFICATE).isPresent()) return secret;
    var servers = Authority.create("servers", instance, now, random);
    var completed =
        new SecretBuilder(secret)
            .addToData(SERVERS_CERTIFICATE, Secrets.encoded(servers.certificatePem()))
            .addToData(SERVERS_KEY, Secrets.encoded(servers.keyPem()))
            .editMetadata()
            .withManagedFields()
            .endMetadata()
            .build();
    try {
      secrets.replace(completed, secret.getMetadata().getResourceVersion());
      return completed;
    } catch (KubernetesClientException e) {
      if (!Refusals.conflict(e)) throw e;
      return secrets.find(namespace, AUTHORITY).orElseThrow();
    }
  }

  private Authority authority(Secret secret, String certificate, String key) {
    return Authority.of(text(secret, certificate), new Sensitive(text(secret, key)), random);
  }

  private String text(Secret secret, String key) {
    return Secrets.text(secret, key)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Secret %s in namespace %s has no key %s: restore it from your backup"
                        .formatted(AUTHORITY, namespace, key)));
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

  private Map<String, String> newAuthorities(String instance, Instant now) {
    var clients = Authority.create("clients", instance, now, random);
    var servers = Authority.create("servers", instance, now, random);
    return Map.of(
        "tls.crt",
        Secrets.encoded(clients.certificatePem()),
        "tls.key",
        Secrets.encoded(clients.keyPem()),
        SERVERS_CERTIFICATE,
        Secrets.encoded(servers.certificatePem()),
        SERVERS_KEY,
        Secrets.encoded(servers.keyPem()));
  }
}
