package dev.backingservice.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/// The packaged operator as its own process, under its own identity.
public final class OperatorProcess implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Pattern STATEMENTS =
      Pattern.compile("(?m)^backingservice_sql_statements_total(?:\\{[^}]*})? ([0-9.E]+)$");

  /// Long enough for a training run to write its cache.
  private static final int STOPPING_SECONDS = 90;

  private final Process process;
  private final Path log;
  private final int port;

  private OperatorProcess(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  static OperatorProcess start(ControlPlane plane, Map<String, String> settings, Launch launch)
      throws IOException {
    int port = Ports.free();
    var kubeconfig = plane.folder().resolve("operator.kubeconfig");
    Files.writeString(kubeconfig, plane.kubeconfig(ControlPlane.User.Operator));
    var environment = new HashMap<>(settings);
    environment.putIfAbsent("KUBECONFIG", kubeconfig.toString());
    environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
    environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
    var log = plane.folder().resolve("operator-%d.log".formatted(COUNT.incrementAndGet()));
    var process = Processes.start(log, environment, launch.command());
    return new OperatorProcess(process, log, port);
  }

  /// What it serves over HTTP, as text.
  public String get(String path) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  /// What it has asked of its servers so far: statements, commands and requests.
  public double statements() throws IOException, InterruptedException {
    return STATEMENTS
        .matcher(get("/q/metrics"))
        .results()
        .findFirst()
        .map(found -> Double.parseDouble(found.group(1)))
        .orElse(Double.NaN);
  }

  public String log() throws IOException {
    return Files.readString(log);
  }

  /// What each of its threads does now: for when it does not do what it should.
  public String threads() throws IOException, InterruptedException {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    return Processes.run(List.of(jcmd.toString(), Long.toString(pid()), "Thread.print"));
  }

  /// Resident memory, as the system counts it.
  public long residentMebibytes() throws IOException {
    return Processes.residentMebibytes(pid());
  }

  public boolean alive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /// Holds it still, as a long garbage collection or a paused machine would.
  public void freeze() throws IOException, InterruptedException {
    signal("-STOP");
  }

  public void thaw() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", signal, Long.toString(pid())).start().waitFor();
  }

  /// Asks it to stop.
  ///
  /// @return whether it did so in time
  public boolean stops(Duration within) throws InterruptedException {
    process.destroy();
    return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// As a crash would.
  public void kill() {
    Processes.stop(process.destroyForcibly(), 5);
  }

  @Override
  public void close() {
    Processes.stop(process, STOPPING_SECONDS);
  }
}
