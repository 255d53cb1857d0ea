package dev.backingservice.bench;

import dev.backingservice.image.Image;
import dev.backingservice.sandbox.Cpu;
import dev.backingservice.sandbox.Launch;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// How long the operator needs to start: as packaged, and from the parts of the image with and
/// without the ahead-of-time cache.
final class Starts {
  private static final int TIMES = 5;

  private Starts() {}

  static void run() throws Exception {
    var table =
        Table.of(
            "start, median of " + TIMES,
            "start of the process → leading",
            "CPU of the operator until then",
            "resident memory after 5 s");
    try (var sandbox = Sandbox.start()) {
      table = table.with(row(sandbox, "as packaged, on the JDK", Launch.packaged()));
      table = table.with(row(sandbox, "image without its cache", Image.launch(false)));
      table = table.with(row(sandbox, "image with its cache", Image.launch(true)));
    }
    Page.write("start", table);
  }

  private static List<String> row(Sandbox sandbox, String how, Launch launch) throws Exception {
    var millis = new ArrayList<Long>();
    var cpu = new ArrayList<Long>();
    var mebibytes = new ArrayList<Long>();
    for (int i = 0; i < TIMES; i++) {
      long began = System.nanoTime();
      sandbox.startOperator(Map.of(), launch);
      Waiting.until("a start", () -> sandbox.operator().log().contains("started in"));
      millis.add(Bench.millis(began));
      cpu.add(Cpu.millis(sandbox.operator().pid()));
      TimeUnit.SECONDS.sleep(5);
      mebibytes.add(sandbox.operator().residentMebibytes());
      sandbox.operator().close();
    }
    return List.of(
        how,
        Bench.seconds(Medians.of(millis)),
        Bench.seconds(Medians.of(cpu)),
        Medians.of(mebibytes) + " MiB");
  }
}
