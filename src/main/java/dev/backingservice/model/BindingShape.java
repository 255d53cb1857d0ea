package dev.backingservice.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How the binding looks to workloads.
///
/// @param secretName name of the Secret
/// @param bindingName name of the service, which is the folder below the mount path
/// @param mountPath absolute path without a trailing slash
/// @param entries more keys, with placeholders
/// @param own keys of the engine's block, with placeholders: they come before what the engine says
///     of the same name
/// @param driver the client driver that URLs are written for; empty text for the usual one
/// @param keyStore whether it carries one; not every reader of bindings takes what is no text
/// @param env variables, each from one key
public record BindingShape(
    String secretName,
    String bindingName,
    String mountPath,
    Map<String, String> entries,
    Map<String, String> own,
    String driver,
    boolean keyStore,
    List<EnvVar> env) {
  /// A server that is verified and shown no certificate; what is usual is not part of a
  /// fingerprint.
  public static final String USUAL_TLS = "VerifyFull/Offered";

  public BindingShape {
    entries = Map.copyOf(new TreeMap<>(entries));
    own = Map.copyOf(new TreeMap<>(own));
    env = List.copyOf(env);
  }

  /// Where the files of this binding appear.
  public String path() {
    return mountPath + "/" + bindingName;
  }

  /// The same below another mount path.
  public BindingShape mountedAt(String path) {
    return new BindingShape(secretName, bindingName, path, entries, own, driver, keyStore, env);
  }

  /// What of the shape is written into the Secret: a change makes a new epoch.
  ///
  /// @param clientTls how clients of its server use TLS, which their URLs say
  public String fingerprint(String clientTls) {
    var parts = new ArrayList<>(List.of("shape", mountPath, new TreeMap<>(entries).toString()));
    if (!clientTls.equals(USUAL_TLS)) parts.add(clientTls);
    if (!keyStore) parts.add("text");
    if (!own.isEmpty()) parts.add(new TreeMap<>(own).toString());
    if (!driver.isEmpty()) parts.add(driver);
    return Names.digest(parts.toArray(String[]::new)).substring(0, 16);
  }

  /// One environment variable from one key of the binding.
  public record EnvVar(String name, String key) {}
}
