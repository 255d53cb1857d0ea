package dev.backingservice.sandbox;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/// The sandbox for people: runs until Ctrl-C.
public final class Playground {
  private Playground() {}

  /// @param args the engine; PostgreSQL without one
  public static void main(String... args) {
    Program.run(() -> show(Scene.of(args)));
  }

  private static boolean show(Scene scene) throws Exception {
    System.out.println(
        "Starting a Kubernetes control plane and %s on loopback ...".formatted(scene.servers()));
    var sandbox = Sandbox.start();
    var servers = new TreeMap<String, Books>();
    for (var color : Scene.COLORS) servers.put(color, scene.start(sandbox, color));
    sandbox.apply(scene.registeredForAll(servers));
    sandbox.with(new Kubelet(sandbox.plane()));
    sandbox.startOperator(Map.of());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(sandbox)));
    System.out.printf(
        """

        Ready: BackingServers blue and green, each with room for "orders". In another terminal:

        export KUBECONFIG=%s
        %4$s create namespace shop%6$s
        printf '{apiVersion: backingservice.dev/v1alpha1, kind: BackingService, metadata: {name: %2$s, namespace: shop}, spec: {server: blue, %5$s}}' | %4$s apply -f -
        %4$s patch bsvc %2$s -n shop --type merge -p '{"spec":{"server":"green"}}'

        The operator's log: %3$s
        Ctrl-C stops everything.
        """,
        sandbox.kubeconfig(),
        scene.service(),
        sandbox.plane().folder().resolve("operator-1.log"),
        sandbox.plane().kubectl(),
        scene.block(),
        scene.prerequisite().isEmpty()
            ? ""
            : "\n" + sandbox.plane().kubectl() + scene.prerequisite());
    new CountDownLatch(1).await();
    return true;
  }

  private static void stop(Sandbox sandbox) {
    try {
      sandbox.close();
    } catch (Exception e) {
      System.err.println("not everything was stopped: " + e);
    }
  }
}
