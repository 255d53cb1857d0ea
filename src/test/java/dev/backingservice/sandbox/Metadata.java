package dev.backingservice.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/// A metadata server as nodes of Google Cloud have it: it gives everybody one access token.
public final class Metadata implements AutoCloseable {
  public static final String TOKEN = "ya29.of-the-metadata-server";

  private final HttpServer server;

  private Metadata(HttpServer server) {
    this.server = server;
  }

  /// Listens on a free port of loopback.
  public static Metadata start() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", Metadata::answer);
    server.start();
    return new Metadata(server);
  }

  /// Host and port, in the form of the variable `GCE_METADATA_HOST`.
  public String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    var body =
        "{\"access_token\":\"%s\",\"expires_in\":3600,\"token_type\":\"Bearer\"}"
            .formatted(TOKEN)
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Metadata-Flavor", "Google");
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
