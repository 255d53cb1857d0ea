package dev.backingservice.bench;

import dev.backingservice.sandbox.Audit;
import dev.backingservice.sandbox.Launch;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// What services cost that are as they should be: in a minute at rest, and at a restart of the
/// operator.
final class Settled {
  private static final int AT_REST = 1000;
  private static final int AT_RESTART = 2000;
  private static final int RESTARTS = 3;
  private static final long LOOK_MILLIS = 200;
  private static final String SERVER = "blue";
  private final Sandbox sandbox;

  private Settled(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /// On a control plane, server and operator of its own.
  static void run() throws Exception {
    try (var sandbox = Sandbox.start()) {
      Services.prepare(sandbox, SERVER);
      var settled = new Settled(sandbox);
      settled.attach(0, AT_REST);
      Page.write("rest", settled.rest());
      settled.attach(AT_REST, AT_RESTART);
      Page.write("restart", settled.restart());
    }
  }

  private void attach(int from, int to) throws Exception {
    Clients.each(
        to - from,
        Clients.COUNT,
        i -> sandbox.apply(Services.yaml(Clients.name(from + i), SERVER)));
    Waiting.until("the Secrets are there", () -> Services.secrets(sandbox) >= to);
    Waiting.until("nothing written for ten seconds", new Quiet());
  }

  private Table rest() throws Exception {
    var meter = Meter.start(sandbox, SERVER);
    TimeUnit.MINUTES.sleep(1);
    return Table.of("at rest, in a minute")
        .and(Costs.COLUMNS)
        .with(Bench.row("%,d services".formatted(AT_REST), meter.costs().cells()));
  }

  private Table restart() throws Exception {
    var looked = new ArrayList<Long>();
    var costs = new ArrayList<Costs>();
    for (int i = 0; i < RESTARTS; i++) {
      sandbox.operator().close();
      var meter = Meter.beforeItStarts(sandbox, SERVER);
      long began = System.nanoTime();
      sandbox.startOperator(Map.of(), Launch.packaged());
      lookedAt(AT_RESTART);
      looked.add(Bench.millis(began));
      costs.add(meter.costs());
      Waiting.until("nothing written for ten seconds", new Quiet());
    }
    return Table.of("restart, median of " + RESTARTS, "start of the process → all looked at")
        .and(Costs.COLUMNS)
        .with(
            Bench.row(
                "%,d services".formatted(AT_RESTART),
                Bench.row(Bench.seconds(Medians.of(looked)), Costs.median(costs).cells())));
  }

  /// Waits until the binding Secrets of so many services were read.
  private void lookedAt(int services) throws Exception {
    var audit = Audit.fromNow(sandbox.plane());
    var names = new HashSet<String>();
    while (names.size() < services) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      for (var request : audit.next())
        if (request.verb().equals("get")
            && request.resource().equals("secrets")
            && request.name().startsWith(Services.NAMESPACE + "/")) names.add(request.name());
    }
  }

  /// Whether nothing was written for a while.
  private final class Quiet implements Callable<Boolean> {
    private Audit audit;
    private long since = System.nanoTime();

    Quiet() throws IOException {
      audit = Audit.fromNow(sandbox.plane());
    }

    @Override
    public Boolean call() throws Exception {
      TimeUnit.SECONDS.sleep(1);
      if (!audit.writes().isEmpty()) {
        audit = Audit.fromNow(sandbox.plane());
        since = System.nanoTime();
      }
      return System.nanoTime() - since > TimeUnit.SECONDS.toNanos(10);
    }
  }
}
