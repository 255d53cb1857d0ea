package dev.backingservice.image;

import dev.backingservice.sandbox.Launch;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Tour;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// The ahead-of-time cache of the operator, trained by a real run: attach, swap, detach.
///
/// A cache is never the same twice, so it is kept by what it was made from: the same operator
/// makes the same image.
final class AheadOfTime {
  /// Beside `quarkus-run.jar`.
  static final String NAME = "operator.aot";

  private final JavaRuntime runtime;
  private final Path app;
  private final List<String> flags;

  AheadOfTime(JavaRuntime runtime, Path app, List<String> flags) {
    this.runtime = runtime;
    this.app = app;
    this.flags = flags;
  }

  /// Puts the cache beside the operator, from the store or made now.
  void addCache() throws Exception {
    var made = app.resolve(NAME);
    var kept = store().resolve(fingerprint() + ".aot");
    if (!Files.exists(kept)) {
      System.out.println("training the ahead-of-time cache by a run on the sandbox ...");
      train(made);
      Root.delete(kept.getParent());
      Files.createDirectories(kept.getParent());
      Files.copy(made, kept, StandardCopyOption.REPLACE_EXISTING);
    } else Files.copy(kept, made, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Path store() {
    var cache = System.getenv("BACKING_CACHE");
    var folder =
        cache == null
            ? Path.of(System.getProperty("user.home"), ".cache", "backing-service-operator")
            : Path.of(cache);
    return folder.resolve("aot");
  }

  private String fingerprint() throws IOException, NoSuchAlgorithmException {
    var digest = MessageDigest.getInstance("SHA-256");
    digest.update(String.join(" ", flags).getBytes());
    digest.update(Files.readAllBytes(runtime.folder().resolve("lib/modules")));
    digest.update(Files.readAllBytes(runtime.folder().resolve("lib/server/libjvm.so")));
    try (var files = Files.walk(app)) {
      for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
        digest.update(app.relativize(file).toString().getBytes());
        digest.update(Files.readAllBytes(file));
      }
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, 32);
  }

  private void train(Path into) throws Exception {
    try (var sandbox = Sandbox.start()) {
      for (var name : List.of("blue", "green")) sandbox.server(name, 17).withDatabase("orders");
      sandbox.namespace("shop");
      var training = new ArrayList<>(flags);
      training.add("-XX:AOTCacheOutput=" + into);
      sandbox.startOperator(
          Map.of("JAVA_AOT_OPTIONS", "-Xmx1g"),
          new Launch(runtime.java(), training, app.resolve("quarkus-run.jar")));
      Tour.apply(sandbox, "shop", "blue");
      Tour.take(sandbox, "shop", "green");
      sandbox.operator().get("/q/metrics");
      sandbox.operator().get("/q/health/ready");
    }
    if (!Files.exists(into) || Files.size(into) == 0) // a JVM that crashed leaves an empty one
    throw new IllegalStateException("the training run left no cache in " + into);
  }
}
