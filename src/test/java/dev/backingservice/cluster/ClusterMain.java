package dev.backingservice.cluster;

import dev.backingservice.sandbox.Program;
import java.util.concurrent.CountDownLatch;

/// `make cluster`: a cluster of one node that knows the images, until Ctrl-C.
public final class ClusterMain {
  private ClusterMain() {}

  public static void main(String... args) {
    Program.run(ClusterMain::run);
  }

  private static boolean run() throws Exception {
    try (var site = Site.Own.start()) {
      site.load();
      var outside = System.getenv("BACKING_CLUSTER").replaceAll(".*-", "");
      System.out.printf(
          """
          The cluster is ready and knows the image of the operator. It has a network of its own, so from another terminal:

            nsenter --target %1$s --net %2$s --kubeconfig %3$s get pods -A
            nsenter --target %1$s --net make story KUBECONFIG=%3$s

          Ctrl-C ends it and everything in it.
          """,
          outside, site.cluster().kubectl(), site.kubeconfig());
      new CountDownLatch(1).await();
      return true;
    }
  }
}
