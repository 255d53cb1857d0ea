package dev.backingservice.binding;

import dev.backingservice.model.Labels;
import dev.backingservice.model.Names;
import dev.backingservice.model.RootKey;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The seal of a binding Secret: over the service's uid, every annotation of ours and the data. A
/// tenant may edit the Secret, but not so that we believe it.
final class Seal {
  private Seal() {}

  static String of(RootKey key, Secret secret, String uid) {
    return key.seal(fields(secret, uid));
  }

  static boolean holds(RootKey key, Secret secret, String uid) {
    return key.sealed(annotation(secret, Keys.SEAL), fields(secret, uid));
  }

  /// One annotation; empty text when it is not set.
  static String annotation(Secret secret, String name) {
    return annotations(secret).getOrDefault(name, "");
  }

  private static String[] fields(Secret secret, String uid) {
    var fields = new ArrayList<>(List.of("binding", uid));
    annotations(secret)
        .forEach(
            (name, value) -> {
              if (!name.startsWith(Labels.DOMAIN + "/") || name.equals(Keys.SEAL)) return;
              fields.add(name);
              fields.add(value);
            });
    fields.add(data(secret));
    return fields.toArray(String[]::new);
  }

  private static String data(Secret secret) {
    var parts = new ArrayList<String>();
    texts(secret.getData())
        .forEach(
            (name, value) -> {
              parts.add(name);
              parts.add(value);
            });
    return Names.digest(parts.toArray(String[]::new));
  }

  static Map<String, String> annotations(Secret secret) {
    return texts(secret.getMetadata().getAnnotations());
  }

  /// Without what is null: the API server takes such a thing, a map of ours does not.
  private static Map<String, String> texts(@Nullable Map<String, String> map) {
    var texts = new TreeMap<String, String>();
    if (map != null)
      map.forEach((name, value) -> Optional.ofNullable(value).ifPresent(v -> texts.put(name, v)));
    return texts;
  }
}
