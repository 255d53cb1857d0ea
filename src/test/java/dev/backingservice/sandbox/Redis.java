package dev.backingservice.sandbox;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One real Redis server on loopback: TLS only, accounts by whoever runs it.
public final class Redis implements AutoCloseable {
  private static final String ROOT = "provider-of-the-sandbox";
  private final Path folder;
  private final Pki pki;
  private final int port = Ports.free();
  private Process server;

  private Redis(String name, Path in, Pki pki) {
    this.folder = in.resolve(name);
    this.pki = pki;
  }

  /// Installs the package where it is missing.
  public static Redis start(String name, Path in, Pki pki) throws Exception {
    Processes.run(List.of("operator/sandbox/packages.sh", "redis-server=redis-server"));
    var redis = new Redis(name, in, pki);
    Files.createDirectories(redis.folder);
    pki.issue(redis.folder, "127.0.0.1", "localhost");
    Files.writeString(redis.folder.resolve("anchor.crt"), pki.anchor());
    redis.start();
    return redis;
  }

  public void start() throws Exception {
    var settings =
        Map.of(
            "port", "0",
            "tls-port", "" + port,
            "bind", "127.0.0.1",
            "tls-cert-file", "server.crt",
            "tls-key-file", "server.key",
            "tls-ca-cert-file", "anchor.crt",
            "tls-auth-clients", "no",
            "requirepass", ROOT,
            "appendonly", "no");
    var command =
        Stream.concat(
                Stream.of("redis-server"),
                settings.entrySet().stream()
                    .flatMap(s -> Stream.of("--" + s.getKey(), s.getValue())))
            .collect(Collectors.toList());
    command.addAll(List.of("--save", ""));
    server = Processes.start(folder.resolve("server.log"), Map.of(), command);
    Waiting.until(
        "redis answers",
        Duration.ofSeconds(20),
        () -> ask("default", ROOT, "PING").equals("+PONG"));
  }

  /// From outside it looks dead.
  public void stop() {
    Processes.stop(server, 5);
  }

  /// Accepts connections, and is silent until it is thawed.
  public AutoCloseable frozen() throws IOException, InterruptedException {
    var pid = "" + server.pid();
    new ProcessBuilder("kill", "-STOP", pid).start().waitFor();
    return () -> new ProcessBuilder("kill", "-CONT", pid).start().waitFor();
  }

  /// Makes an account, as the provider does.
  public void account(String user, String password) {
    ask("default", ROOT, "ACL", "SETUSER", user, "on", ">" + password, "~*", "+@all");
  }

  /// What an account is answered to a command; the refusal of its login when it is refused.
  public String ask(String user, String password, String... command) {
    try (var socket = connected()) {
      var out = socket.getOutputStream();
      var in = socket.getInputStream();
      send(out, "AUTH", user, password);
      var said = line(in);
      if (!said.equals("+OK")) return said;
      send(out, command);
      return line(in);
    } catch (IOException e) {
      return "-" + e.getMessage();
    }
  }

  private Socket connected() throws IOException {
    try {
      return pki.clients().createSocket("127.0.0.1", port);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /// Redis serialization protocol 2: an array of bulk strings.
  private static void send(OutputStream out, String... words) throws IOException {
    var text = new StringBuilder("*" + words.length + "\r\n");
    for (var word : words)
      text.append("$")
          .append(word.getBytes(StandardCharsets.UTF_8).length)
          .append("\r\n")
          .append(word)
          .append("\r\n");
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static String line(java.io.InputStream in) throws IOException {
    var text = new StringBuilder();
    for (int read = in.read(); read >= 0 && read != '\n'; read = in.read())
      if (read != '\r') text.append((char) read);
    return text.toString();
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    stop();
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList())
        Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
