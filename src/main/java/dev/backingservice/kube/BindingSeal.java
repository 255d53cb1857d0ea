package dev.backingservice.kube;

import dev.backingservice.model.Names;
import dev.backingservice.model.RootKey;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.ArrayList;
import java.util.TreeMap;

/// The seal of a binding Secret: over the service's uid, every annotation of ours and the data.
/// A tenant may edit the Secret, but not so that we believe it.
public final class BindingSeal {
  private BindingSeal() {}

  public static String of(RootKey key, Secret secret, String uid) {
    return key.seal(fields(secret, uid));
  }

  public static boolean holds(RootKey key, Secret secret, String uid) {
    return key.sealed(Secrets.annotation(secret, Words.SEAL), fields(secret, uid));
  }

  private static String[] fields(Secret secret, String uid) {
    var fields = new ArrayList<String>();
    fields.add("binding");
    fields.add(uid);
    var annotations = secret.getMetadata().getAnnotations();
    if (annotations != null)
      new TreeMap<>(annotations)
          .forEach(
              (name, value) -> {
                if (!name.startsWith(Words.DOMAIN + "/") || name.equals(Words.SEAL)) return;
                fields.add(name);
                fields.add(value);
              });
    fields.add(data(secret));
    return fields.toArray(String[]::new);
  }

  private static String data(Secret secret) {
    var parts = new ArrayList<String>();
    if (secret.getData() != null)
      new TreeMap<>(secret.getData())
          .forEach(
              (name, value) -> {
                parts.add(name);
                parts.add(value);
              });
    return Names.digest(parts.toArray(String[]::new));
  }
}
