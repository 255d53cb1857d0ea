package dev.backingservice.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Starts processes that die with this one, also when this one is killed.
public final class Processes {
  /// The death signal belongs to the thread that forked: this one lives as long as the Java
  /// process.
  private static final ExecutorService STARTER =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("process-starter").factory());

  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

  private Processes() {}

  /// Its folder is that of its log.
  public static Process start(Path log, Map<String, String> environment, List<String> command) {
    return start(log, log.getParent(), environment, command);
  }

  /// The same in another folder.
  public static Process start(
      Path log, Path folder, Map<String, String> environment, List<String> command) {
    var mortal = new ArrayList<String>();
    if (Files.isExecutable(SETPRIV))
      mortal.addAll(List.of(SETPRIV.toString(), "--pdeathsig", "KILL"));
    mortal.addAll(command);
    var builder =
        new ProcessBuilder(mortal)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      var process = STARTER.submit(builder::start).get();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return process;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("cannot start " + command.getFirst(), e);
    }
  }

  /// Whether this process may become another account.
  static boolean root() throws IOException, InterruptedException {
    return lastLine(List.of("id", "-u")).equals("0");
  }

  /// What a command is preceded by that an account of its own runs; a death signal is lost with
  /// the account, and said again.
  static List<String> as(String account) {
    var setpriv = SETPRIV.toString();
    return List.of(
        setpriv,
        "--reuid=" + account,
        "--regid=" + account,
        "--init-groups",
        setpriv,
        "--pdeathsig",
        "TERM");
  }

  /// Asks it to stop, and insists after a while.
  public static void stop(Process process, long graceSeconds) {
    process.destroy();
    try {
      if (!process.waitFor(graceSeconds, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// What a process takes of the memory, in MiB.
  public static long residentMebibytes(long pid) throws IOException {
    var status = Files.readString(Path.of("/proc/" + pid + "/status"));
    return Long.parseLong(status.replaceAll("(?s).*VmRSS:\\s+([0-9]+) kB.*", "$1")) / 1024;
  }

  /// Runs a command to its end.
  ///
  /// @return what it said
  /// @throws IllegalStateException with the same when it failed
  public static String run(List<String> command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0)
      throw new IllegalStateException(String.join(" ", command) + ": " + said.strip());
    return said;
  }

  /// Runs a command to its end and returns its last line.
  public static String lastLine(List<String> command) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var lines = new String(process.getInputStream().readAllBytes()).strip().lines().toList();
    if (process.waitFor() != 0) throw new IllegalStateException(command.getFirst() + " failed");
    return lines.getLast();
  }
}
