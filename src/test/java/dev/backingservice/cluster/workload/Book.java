package dev.backingservice.cluster.workload;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Keeps every line it is told; whoever says `READ` is told all of them.
public final class Book {
  public static final int PORT = 7000;
  private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

  private Book() {}

  public static void main(String... args) throws IOException {
    var book = new Book();
    try (var server = new ServerSocket(PORT)) {
      while (true) {
        var socket = server.accept();
        Thread.ofVirtual().start(() -> book.serve(socket));
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        var in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      for (var line = in.readLine(); line != null; line = in.readLine())
        if (line.equals("READ")) {
          tell(socket);
          return;
        } else lines.add(line);
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
  }

  private void tell(Socket socket) throws IOException {
    var text = String.join("\n", lines) + "\n";
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }
}
