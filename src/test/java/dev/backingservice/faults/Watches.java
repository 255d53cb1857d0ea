package dev.backingservice.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The watches that are open, one event a line, and what happens to all of them at once.
final class Watches {
  /// What an API server says whose history does not go back far enough (API concepts, "Resource
  /// versions in watch").
  private static final String GONE =
      """
      {"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
      "message":"too old resource version","reason":"Expired","code":410}}
      """;

  private final Map<InputStream, String> open = new ConcurrentHashMap<>();
  private volatile long heldUntil = System.nanoTime();

  /// Events wait.
  void hold(Duration span) {
    heldUntil = System.nanoTime() + span.toNanos();
  }

  /// Every watch ends.
  void cut() {
    end("");
  }

  /// Every watch ends with 410.
  void gone() {
    end(GONE);
  }

  private void end(String last) {
    for (var watch : open.keySet()) {
      open.put(watch, last);
      try {
        watch.close();
      } catch (IOException e) {
        // it has ended
      }
    }
  }

  /// Passes events on until the watch ends.
  void pass(InputStream in, OutputStream out) throws IOException, InterruptedException {
    open.put(in, "");
    try {
      events(in, out);
    } finally {
      var last = open.remove(in);
      if (last != null) out.write(last.getBytes(StandardCharsets.UTF_8));
    }
  }

  private void events(InputStream in, OutputStream out) throws IOException, InterruptedException {
    var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    for (var line = next(lines); line != null; line = next(lines)) {
      TimeUnit.NANOSECONDS.sleep(heldUntil - System.nanoTime());
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }

  private static String next(BufferedReader lines) {
    try {
      return lines.readLine();
    } catch (IOException e) {
      return null; // closed here or there: the watch ends
    }
  }
}
