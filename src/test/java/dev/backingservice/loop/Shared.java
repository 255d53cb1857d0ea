package dev.backingservice.loop;

import dev.backingservice.sandbox.Kubelet;
import dev.backingservice.sandbox.Metadata;
import dev.backingservice.sandbox.Sandbox;
import java.util.Map;

/// One sandbox for all loop tests: the operator under exactly the shipped RBAC, stopped with
/// the Java process.
final class Shared {
  private static Sandbox sandbox;

  private Shared() {}

  static synchronized Sandbox sandbox() {
    if (sandbox == null) sandbox = started();
    return sandbox;
  }

  private static Sandbox started() {
    try {
      var started = Sandbox.start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> close(started)));
      started.with(new Kubelet(started.plane()));
      var metadata = Metadata.start();
      Runtime.getRuntime().addShutdownHook(new Thread(metadata::close));
      started.startOperator(Map.of("GCE_METADATA_HOST", metadata.host()));
      return started;
    } catch (Exception e) {
      throw new IllegalStateException("the sandbox did not start", e);
    }
  }

  private static void close(Sandbox started) {
    try {
      started.close();
    } catch (Exception e) {
      System.err.println("not everything was stopped: " + e);
    }
  }
}
