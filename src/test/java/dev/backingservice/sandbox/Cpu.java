package dev.backingservice.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The processor time of a process and of its children, living and dead (proc(5), `stat`).
public final class Cpu {
  private static final long MILLIS_PER_TICK = 10; // USER_HZ is 100 wherever Linux is
  private static final int USER = 11;
  private static final int FIELDS = 4;

  private Cpu() {}

  /// @return milliseconds
  public static long millis(long pid) throws IOException {
    long ticks = ticks(pid);
    for (var child : ProcessHandle.of(pid).stream().flatMap(ProcessHandle::children).toList())
      ticks += ticks(child.pid());
    return ticks * MILLIS_PER_TICK;
  }

  /// User and system time, of the process and of those children that it has waited for.
  private static long ticks(long pid) throws IOException {
    var file = Path.of("/proc/" + pid + "/stat");
    if (!Files.exists(file)) return 0;
    var stat = Files.readString(file);
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long ticks = 0;
    for (int i = USER; i < USER + FIELDS; i++) ticks += Long.parseLong(fields[i]);
    return ticks;
  }

  /// The process of a program that this process has started.
  public static long ofProgram(String name) {
    return ProcessHandle.current()
        .descendants()
        .filter(p -> p.info().command().orElse("").endsWith("/" + name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no process " + name))
        .pid();
  }
}
