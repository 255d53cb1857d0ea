package dev.backingservice.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Notes when the binding was seen to name another server, whatever else is waited for meanwhile.
final class Switches implements AutoCloseable {
  private static final long LOOK_MILLIS = 20;

  /// @param at microseconds since the epoch
  private record Switch(String server, long at) {}

  private final Shop shop;
  private final ConcurrentLinkedQueue<Switch> seen = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean stopping;

  private Switches(Shop shop) {
    this.shop = shop;
    this.thread = Thread.ofPlatform().daemon().name("switches").start(this::watch);
  }

  static Switches of(Shop shop) {
    return new Switches(shop);
  }

  private void watch() {
    var last = "";
    while (!stopping) {
      try {
        var bound = shop.bound();
        if (!bound.equals(last)) seen.add(new Switch(bound, Ledger.micros()));
        last = bound;
        Thread.sleep(LOOK_MILLIS);
      } catch (KubernetesClientException e) {
        System.out.println("looking for the binding again: " + e.getMessage());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /// When the binding named a server after an edit; waits for it.
  long after(long edited, String server) throws Exception {
    shop.until("the binding names " + server, () -> find(edited, server) > 0);
    return find(edited, server);
  }

  private long find(long edited, String server) {
    return seen.stream()
        .filter(s -> s.at > edited && s.server.equals(server))
        .mapToLong(Switch::at)
        .findFirst()
        .orElse(0);
  }

  @Override
  public void close() throws InterruptedException {
    stopping = true;
    thread.join();
  }
}
