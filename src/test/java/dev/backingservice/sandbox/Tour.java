package dev.backingservice.sandbox;

import java.util.concurrent.Callable;

/// One service's whole life: attached to a server, swapped to another, detached.
public final class Tour {
  private static final String NAME = "orders-db";

  private Tour() {}

  /// A service of database `orders` on a server, and the Deployment that uses it.
  public static void apply(Sandbox sandbox, String namespace, String server) {
    sandbox.apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: %1$s, namespace: %2$s}
        spec:
          server: %3$s
          postgresql: {database: orders}
          workloads: [{kind: Deployment, name: orders}]
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders, namespace: %2$s}
        spec:
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec: {containers: [{name: app, image: registry.example/orders:1}]}
        """
            .formatted(NAME, namespace, server));
  }

  /// Waits until what was applied is attached, swaps it and detaches it.
  public static void take(Sandbox sandbox, String namespace, String to) throws Exception {
    until(sandbox, "attached", () -> is(sandbox, namespace, "True/Ready"));
    sandbox.swap(namespace, NAME, to);
    until(
        sandbox,
        "swapped",
        () ->
            sandbox.service(namespace, NAME).getStatus().active().server().equals(to)
                && is(sandbox, namespace, "True/Ready"));
    sandbox.patch(namespace, NAME, "{\"spec\":{\"state\":\"Detached\"}}");
    until(sandbox, "detached", () -> is(sandbox, namespace, "False/Detached"));
  }

  /// Deletes the service and waits until it is gone.
  public static void end(Sandbox sandbox, String namespace) throws Exception {
    sandbox.delete(namespace, NAME);
    until(sandbox, "gone", () -> sandbox.service(namespace, NAME) == null);
  }

  /// Waits; when it was in vain, says what the operator said and what it does.
  private static void until(Sandbox sandbox, String what, Callable<Boolean> reached)
      throws Exception {
    try {
      Waiting.until(what, () -> !sandbox.operator().alive() || reached.call());
      if (sandbox.operator().alive()) return;
    } catch (IllegalStateException e) {
      System.out.println(sandbox.operator().log());
      System.out.println(sandbox.operator().threads());
      throw e;
    }
    throw new IllegalStateException("the operator ended:\n" + sandbox.operator().log());
  }

  /// Whether its condition `Ready` says this, as `status/reason`.
  public static boolean is(Sandbox sandbox, String namespace, String ready) {
    return sandbox.condition(namespace, NAME, "Ready").equals(ready);
  }
}
