package dev.backingservice.faults;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backingservice.sandbox.ControlPlane;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Stands between the operator and the API server, on loopback.
final class ApiProxy implements AutoCloseable {
  /// Longer than the operator's client waits for an answer.
  private static final Duration TOO_LONG = Duration.ofSeconds(5);

  /// What belongs to one hop (RFC 9110, section 7.6.1), and what the client sets itself.
  private static final Set<String> HOP =
      Set.of("connection", "content-length", "host", "upgrade", "expect", "transfer-encoding");

  private static final Duration STALE = Duration.ofSeconds(3);

  private final Script script;
  private final Runnable crash;
  private final Watches watches = new Watches();
  private final URI target;
  private final HttpClient client;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// @param crash kills the operator and starts the next one
  ApiProxy(ControlPlane plane, Script script, Runnable crash) throws Exception {
    this.script = script;
    this.crash = crash;
    this.target = plane.address();
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(plane.trust())
            .build();
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /// The operator's kubeconfig, with this proxy as its API server.
  Path kubeconfig(ControlPlane plane) throws IOException {
    var text =
        plane
            .kubeconfig(ControlPlane.User.Operator)
            .replace(
                plane.address().toString(), "http://127.0.0.1:" + server.getAddress().getPort())
            .replaceAll(", certificate-authority: \"[^\"]*\"", "");
    return Files.writeString(plane.folder().resolve("proxied.kubeconfig"), text);
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      var uri = exchange.getRequestURI().toString();
      // the client falls back to plain requests, with 503 only after it has tried ten times
      if (exchange.getRequestHeaders().containsKey("Upgrade")) refuse(exchange, 200);
      else if (uri.contains("watch=true")) watch(exchange);
      else disturbed(exchange, body, uri);
    } catch (IOException e) {
      // whoever asked has gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void disturbed(HttpExchange exchange, byte[] body, String uri)
      throws IOException, InterruptedException {
    var fault =
        script.fault(exchange.getRequestMethod(), uri, new String(body, StandardCharsets.UTF_8));
    if (fault.isEmpty()) {
      relay(exchange, send(exchange, body));
      return;
    }
    switch (fault.get()) {
      case ErrorBefore, Away -> refuse(exchange, 500);
      case ErrorAfter -> {
        send(exchange, body).body().readAllBytes();
        refuse(exchange, 500);
      }
      case CutBefore -> exchange.close();
      case CutAfter -> {
        send(exchange, body).body().readAllBytes();
        exchange.close();
      }
      case Conflict -> refuse(exchange, 409);
      case Gone -> refuse(exchange, 410);
      case TooMany -> refuse(exchange, 429);
      case Delay -> {
        Thread.sleep(2_000);
        relay(exchange, send(exchange, body));
      }
      case Duplicate -> {
        send(exchange, body).body().readAllBytes();
        relay(exchange, send(exchange, body));
      }
      case Late -> {
        Thread.sleep(TOO_LONG);
        relay(exchange, send(exchange, body));
      }
      case CrashBefore -> crash.run();
      case CrashAfter -> {
        send(exchange, body).body().readAllBytes();
        crash.run();
      }
      case StaleWatch -> {
        watches.hold(STALE);
        relay(exchange, send(exchange, body));
      }
      case CutWatch -> {
        relay(exchange, send(exchange, body));
        watches.cut();
      }
      case GoneWatch -> {
        relay(exchange, send(exchange, body));
        watches.gone();
      }
    }
  }

  private HttpResponse<InputStream> send(HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(target.resolve(exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!HOP.contains(name.toLowerCase(Locale.ROOT)))
                values.forEach(value -> request.header(name, value));
            });
    return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
  }

  private static void relay(HttpExchange exchange, HttpResponse<InputStream> answer)
      throws IOException {
    var body = answer.body().readAllBytes();
    copyHeaders(exchange, answer);
    exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private void watch(HttpExchange exchange) throws IOException, InterruptedException {
    var answer = send(exchange, new byte[0]);
    copyHeaders(exchange, answer);
    exchange.sendResponseHeaders(answer.statusCode(), 0);
    try (var in = answer.body();
        var out = exchange.getResponseBody()) {
      watches.pass(in, out);
    }
  }

  private static void copyHeaders(HttpExchange exchange, HttpResponse<?> answer) {
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!HOP.contains(name) && !name.startsWith(":"))
                exchange.getResponseHeaders().put(name, values);
            });
  }

  private static void refuse(HttpExchange exchange, int code) throws IOException {
    var status =
        """
        {"kind":"Status","apiVersion":"v1","status":"Failure","message":"played by a test","code":%d}"""
            .formatted(code)
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, status.length);
    exchange.getResponseBody().write(status);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    client.shutdownNow();
  }
}
