package dev.backingservice.sandbox;

import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// The sandbox for people: runs until Ctrl-C.
public final class Playground {
  private Playground() {}

  public static void main(String... args) throws Exception {
    System.out.println(
        "Starting a Kubernetes control plane and two PostgreSQL servers on loopback ...");
    var sandbox = Sandbox.start();
    for (var name : new String[] {"blue", "green"}) {
      var server = sandbox.server(name, 17).withDatabase("orders");
      server.execute(
          "orders",
          "CREATE TABLE writes (id bigint PRIMARY KEY)",
          "ALTER TABLE writes OWNER TO bs_admin");
    }
    sandbox.with(new Kubelet(sandbox.plane()));
    sandbox.startOperator(Map.of());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(sandbox)));
    System.out.printf(
        """

        Ready: BackingServers blue and green, each with a database "orders". In another terminal:

        export KUBECONFIG=%s
        %4$s create namespace shop
        printf '{apiVersion: backingservice.dev/v1alpha1, kind: BackingService, metadata: {name: orders-db, namespace: shop}, spec: {server: blue, postgresql: {database: orders}}}' | %4$s apply -f -
        %4$s patch bsvc orders-db -n shop --type merge -p '{"spec":{"server":"green"}}'

        The operator's log: %3$s
        Ctrl-C stops everything.%2$s
        """,
        sandbox.kubeconfig(),
        "",
        sandbox.plane().folder().resolve("operator-1.log"),
        sandbox.plane().kubectl());
    new CountDownLatch(1).await();
  }

  private static void stop(Sandbox sandbox) {
    try {
      sandbox.close();
    } catch (Exception e) {
      System.err.println("not everything was stopped: " + e);
    }
  }
}
