package dev.backingservice.operator;

import dev.backingservice.engine.wire.Addresses;
import dev.backingservice.tls.EllipticCurves;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/// Runs the operator; with `visit` and an address, only looks whether a binding or the operator
/// works.
@QuarkusMain
public final class Main {
  private static volatile boolean started;

  private Main() {}

  public static void main(String... args) {
    Addresses.cacheNothing();
    EllipticCurves.install();
    if (args.length == 2 && args[0].equals("visit")) System.exit(Visit.of(args[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(Main::stopWhileStarting));
    Quarkus.run(args);
  }

  /// Quarkus lets a start come to its end before it stops, and one that waits for the API server
  /// may never: it began nothing that would have to be finished.
  private static void stopWhileStarting() {
    if (!started) Runtime.getRuntime().halt(1);
  }

  /// From now on a stop is one in order.
  static void started() {
    started = true;
  }
}
