package dev.backingservice.kube;

import dev.backingservice.model.Sensitive;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/// Secrets, and the few ConfigMaps of the operator: read by name and written whole. None is ever
/// listed or watched.
public final class Secrets {
  private final KubernetesClient client;

  public Secrets(KubernetesClient client) {
    this.client = client;
  }

  public Optional<Secret> find(String namespace, String name) {
    return Optional.ofNullable(client.secrets().inNamespace(namespace).withName(name).get());
  }

  /// Whether it is there, as the API server remembers it, which may be a moment ago: its store is
  /// not asked.
  public boolean remembered(String namespace, String name) {
    return client.raw(Paths.of("api/v1", namespace, "secrets", name) + "?resourceVersion=0")
        != null;
  }

  public Optional<ConfigMap> findConfigMap(String namespace, String name) {
    return Optional.ofNullable(client.configMaps().inNamespace(namespace).withName(name).get());
  }

  /// Creates; fails with 409 when there is one of that name, so that a foreign one is never
  /// adopted.
  public Secret create(Secret secret) {
    return client.resource(secret).create();
  }

  /// The same for a ConfigMap.
  public ConfigMap create(ConfigMap map) {
    return client.resource(map).create();
  }

  /// Replaces the version that was seen; fails with 409 when it has changed since.
  public ConfigMap replace(ConfigMap map, String resourceVersion) {
    var guarded =
        new ConfigMapBuilder(map)
            .editMetadata()
            .withResourceVersion(resourceVersion)
            .endMetadata()
            .build();
    return client.resource(guarded).update();
  }

  /// Replaces the version that was seen; fails with 409 when it has changed since.
  public Secret replace(Secret secret, String resourceVersion) {
    var guarded =
        new SecretBuilder(secret)
            .editMetadata()
            .withResourceVersion(resourceVersion)
            .endMetadata()
            .build();
    return client.resource(guarded).update();
  }

  /// Proves that a Secret could be replaced, without replacing it: the request is the one that
  /// [#replace] makes, so that admission webhooks and policies have their say.
  public void rehearse(Secret secret) {
    client.resource(secret).dryRun().update();
  }

  /// Deletes what was read, and nothing that somebody wrote since; a Secret that is gone is fine.
  ///
  /// @throws KubernetesClientException 409 when there is another version of it by now
  public void delete(Secret read) {
    client.resource(read).lockResourceVersion(read.getMetadata().getResourceVersion()).delete();
  }

  /// One value of a Secret, decoded; empty when it has no such key.
  public static Optional<String> text(Secret secret, String key) {
    return Optional.ofNullable(secret.getData()).map(data -> data.get(key)).map(Secrets::decoded);
  }

  static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  /// A value as it stands in `data`.
  public static String encoded(byte[] value) {
    return Base64.getEncoder().encodeToString(value);
  }

  public static String encoded(String value) {
    return encoded(value.getBytes(StandardCharsets.UTF_8));
  }

  public static String encoded(Sensitive value) {
    return encoded(value.reveal());
  }

  /// One annotation; empty text when it is not set.
  public static String annotation(Secret secret, String name) {
    var annotations = secret.getMetadata().getAnnotations();
    return annotations == null ? "" : Map.copyOf(annotations).getOrDefault(name, "");
  }
}
