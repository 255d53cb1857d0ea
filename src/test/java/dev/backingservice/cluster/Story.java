package dev.backingservice.cluster;

import static dev.backingservice.cluster.Databases.BLUE;
import static dev.backingservice.cluster.Databases.GREEN;
import static dev.backingservice.cluster.Databases.host;

import dev.backingservice.sandbox.Program;
import dev.backingservice.sandbox.Waiting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// `make story`: a platform team installs the operator on a real cluster, an application is
/// attached, and its database is swapped under it while things break. Ends with 0 only when no
/// acknowledged order was lost and none reached an old server after its cut.
public final class Story {

  private static final long BEGAN = System.nanoTime();
  private final Databases databases;
  private final Release release;
  private final Operators operators;
  private final Shop shop;
  private final Site site;
  private @Nullable Switches switches;
  private final List<Ledger.Cut> cuts = new ArrayList<>();

  private Story(Site site) {
    this.site = site;
    this.databases = new Databases(site);
    this.release = new Release(site);
    this.operators = release.operators();
    this.shop = new Shop(site);
  }

  /// @param arguments none, for a cluster of our own; or a kubeconfig, and the registry that
  /// its cluster pulls from
  public static void main(String... arguments) {
    Program.run(
        () -> {
          try (var site = site(arguments)) {
            var story = new Story(site);
            if (!site.unused()) return false;
            try {
              return story.tell();
            } catch (Exception e) {
              System.out.println(story.operators.logs());
              throw e;
            } finally {
              site.leave(story.release);
            }
          }
        });
  }

  private static Site site(String... arguments) throws Exception {
    if (arguments.length == 0) return Site.Own.start();
    return Site.Other.of(Path.of(arguments[0]), arguments.length > 1 ? arguments[1] : "");
  }

  private boolean tell() throws Exception {
    say("The cluster is there.");
    site.load();
    say("Its nodes know the images.");
    databases.start();
    say("Two PostgreSQL servers answer.");
    release.install();
    say(
        "helm install: %s leads, %s after its start."
            .formatted(operators.leader(), operators.start()));
    attach();
    try (var watch = Switches.of(shop)) {
      switches = watch;
      swap(GREEN);
      swapWhileTheLeaderDies(BLUE);
      swapFromADeadServer(GREEN);
    }
    upgrade();
    withoutTheOperator();
    boolean good = judge();
    say(good ? "The story went as it should." : "THE STORY WENT WRONG.");
    return good;
  }

  private void attach() throws Exception {
    databases.credentials();
    shop.register();
    shop.open();
    shop.awaitOn(BLUE);
    shop.awaitOrders(BLUE, 100);
    say("Attached; two pods write to blue through DATABASE_URL.");
    if (!operators.cached())
      throw new IllegalStateException("a pod runs without the image's cache");
    say("The operator's pods take " + operators.resident() + ", on their image's cache.");
  }

  private void swap(String to) throws Exception {
    var from = shop.service().getStatus().active().server();
    long edited = Ledger.micros();
    shop.swap(to);
    var cut = cut(from, to, edited);
    shop.awaitOn(to);
    shop.awaitOrders(to, 100);
    say(
        "Swapped to %s: edit to the switched binding %d ms, to the first order there %d ms."
            .formatted(
                to,
                (cut.switched() - cut.edited()) / 1000,
                (shop.ledger().first(host(to), cut.edited()) - cut.edited()) / 1000));
  }

  /// Waits for the binding to be switched.
  private Ledger.Cut cut(String from, String to, long edited) throws Exception {
    var cut = new Ledger.Cut(from, to, edited, switches.after(edited, to));
    cuts.add(cut);
    return cut;
  }

  private void swapWhileTheLeaderDies(String to) throws Exception {
    var from = shop.service().getStatus().active().server();
    long edited = Ledger.micros();
    shop.swap(to);
    var phase = new AtomicReference<String>();
    shop.until(
        "the swap is on its way",
        () -> {
          phase.set(shop.phase(to).orElse(null));
          return phase.get() != null;
        });
    var leader = operators.leading();
    say(
        "Killing the leader %s in phase %s."
            .formatted(leader.getMetadata().getName(), phase.get()));
    long without = operators.replaceLeader(() -> operators.crash(leader));
    say("%s leads, %d ms after SIGKILL.".formatted(operators.leader(), without));
    cut(from, to, edited);
    shop.awaitOn(to);
    shop.awaitOrders(to, 100);
    operators.awaitReady(2);
    say("Swapped to %s all the same.".formatted(to));
  }

  private void swapFromADeadServer(String to) throws Exception {
    var dead = shop.service().getStatus().active().server();
    databases.kill(dead);
    say(dead + " is dead.");
    swap(to);
    if (!shop.is("Fenced", "False/OldServerUnreachable")) throw unexpected("Fenced");
    databases.revive(dead);
    shop.until("the fence on " + dead + " is made up for", () -> shop.is("Fenced", "True/Fenced"));
    say(dead + " came back and was fenced.");
  }

  private void upgrade() throws Exception {
    operators.replaceLeader(() -> release.upgrade("namespaces={%s}".formatted(Shop.NAMESPACE)));
    operators.awaitReady(2);
    shop.awaitOrders(GREEN, 20);
    say("helm upgrade to one namespace and its Roles: both pods were replaced, nobody noticed.");
    drain();
    System.out.println(release.test(Shop.NAMESPACE).indent(4));
    say("helm test logged in through a binding of its own.");
  }

  private void drain() throws Exception {
    Waiting.until(
        "two pods and a leader", () -> operators.pods().size() == 2 && operators.leader() != null);
    var leader = operators.leading().getMetadata().getName();
    var other =
        operators.pods().stream()
            .map(p -> p.getMetadata().getName())
            .filter(name -> !name.equals(leader))
            .findFirst()
            .orElseThrow();
    long without =
        operators.replaceLeader(
            () -> {
              Waiting.until("the leader may leave", () -> operators.evict(leader));
              if (operators.evict(other)) throw unexpected("the eviction of the other pod");
            });
    operators.awaitReady(2);
    say(
        "Evicted the leader as a drain does: another one led after %d ms; evicting that one, too, was refused."
            .formatted(without));
  }

  private void withoutTheOperator() throws Exception {
    // the servers' status follows the end of the test's service
    shop.until(
        "one service on green, none on blue",
        () -> shop.attached(GREEN) == 1 && shop.attached(BLUE) == 0);
    Thread.sleep(3_000);
    var before = Snapshot.of(site.kubectl(), databases);
    release.uninstall();
    shop.replaceAPod();
    shop.awaitOrders(GREEN, 100);
    say("helm uninstall: the application goes on, also a new pod of it.");
    release.install();
    operators.awaitReady(2);
    shop.until("taken over", () -> shop.is("Ready", "True/Ready"));
    Thread.sleep(15_000); // that nothing is written can only be seen by waiting
    var after = Snapshot.of(site.kubectl(), databases);
    if (!after.equals(before))
      throw new IllegalStateException("installing again wrote:\n%s\n%s".formatted(before, after));
    say("helm install again: nothing was written, nothing rolled.");
  }

  private boolean judge() throws Exception {
    var ledger = shop.ledger();
    long lost =
        ledger.lost(
            Map.of(host(BLUE), databases.orders(BLUE), host(GREEN), databases.orders(GREEN)));
    long late = ledger.afterCuts(cuts);
    say(
        "Ledger: %d orders acknowledged through %d swaps; lost: %d; on an old server after its cut: %d."
            .formatted(ledger.entries().size(), cuts.size(), lost, late));
    return lost == 0 && late == 0 && ledger.entries().size() > 500;
  }

  private IllegalStateException unexpected(String what) {
    return new IllegalStateException(
        what + " is not as it should be:\n" + site.kubectl().yaml(shop.service()));
  }

  private void say(String sentence) {
    System.out.printf("%6.1f s  %s%n", (System.nanoTime() - BEGAN) / 1e9, sentence);
  }
}
