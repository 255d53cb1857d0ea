package dev.backingservice.cluster;

import dev.backingservice.api.BackingService;
import dev.backingservice.sandbox.Kubectl;
import dev.backingservice.sandbox.Program;
import dev.backingservice.sandbox.Waiting;
import java.time.Duration;

/// What the operator's pods take with many services, on a cluster of one node.
public final class Thousand {
  private static final int SERVICES = 1000;
  private static final String SERVICE =
      """
      apiVersion: backingservice.dev/v1alpha1
      kind: BackingService
      metadata: {name: service-%1$d, namespace: shop}
      spec: {server: orders-%2$s, postgresql: {database: orders}}
      """;

  private Thousand() {}

  public static void main(String... args) {
    Program.run(
        () -> {
          try (var site = Site.Own.start()) {
            return measure(site);
          }
        });
  }

  private static boolean measure(Site site) throws Exception {
    site.load();
    var databases = new Databases(site);
    databases.start();
    var release = new Release(site);
    release.install();
    databases.credentials();
    new Shop(site).register();
    site.kubectl()
        .apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: orders}}");
    System.out.println("idle: " + release.operators().resident());
    long began = System.nanoTime();
    for (int i = 0; i < SERVICES; i++)
      site.kubectl().apply(SERVICE.formatted(i, i % 2 == 0 ? "blue" : "green"));
    Waiting.until("all ready", Duration.ofMinutes(15), () -> ready(site) == SERVICES);
    System.out.printf(
        "%d services ready in %d s: %s%n",
        SERVICES, (System.nanoTime() - began) / 1_000_000_000, release.operators().resident());
    return true;
  }

  private static long ready(Site site) throws InterruptedException {
    Thread.sleep(5000); // a list of a thousand is work for the API server that we measure beside
    return site
        .client()
        .resources(BackingService.class)
        .inNamespace(Shop.NAMESPACE)
        .list()
        .getItems()
        .stream()
        .filter(s -> s.getStatus() != null)
        .filter(s -> Kubectl.condition(s.getStatus().conditions(), "Ready").startsWith("True/"))
        .count();
  }
}
