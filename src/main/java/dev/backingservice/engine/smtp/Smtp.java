package dev.backingservice.engine.smtp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// Commands and replies of SMTP (RFC 5321, section 4), bounded. Nothing is read beyond the reply
/// that is due: what follows may belong to TLS.
final class Smtp {
  /// Commands sent by this process.
  static final LongAdder COMMANDS = new LongAdder();

  private static final int MOST_LINE = 2048;
  private static final int MOST_LINES = 100;
  private final InputStream in;
  private final OutputStream out;

  Smtp(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /// A reply of one line or more.
  ///
  /// @param lines what follows the code
  record Reply(int code, List<String> lines) {
    boolean good() {
      return code >= 200 && code < 300;
    }

    boolean later() {
      return code >= 400 && code < 500;
    }

    String text() {
      return code + " " + String.join(" ", lines);
    }

    /// What stands after the name of an extension; empty where the server has none.
    Optional<String> extension(String name) {
      for (var line : lines) {
        var words = line.strip().toUpperCase(Locale.ROOT);
        if (words.equals(name)) return Optional.of("");
        // some servers write AUTH=PLAIN for clients of long ago
        if (words.startsWith(name + " ") || words.startsWith(name + "="))
          return Optional.of(words.substring(name.length() + 1));
      }
      return Optional.empty();
    }
  }

  /// What no server of the protocol says.
  static final class Unexpected extends IOException {
    private static final long serialVersionUID = 1;

    Unexpected(String message) {
      super(message);
    }
  }

  /// Sends one command and reads its reply.
  Reply ask(String command) throws IOException {
    COMMANDS.increment();
    out.write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
    return reply();
  }

  /// The next reply, such as the greeting.
  Reply reply() throws IOException {
    var lines = new ArrayList<String>();
    int code = 0;
    while (lines.size() < MOST_LINES) {
      var line = line();
      if (!line.matches("[2-5][0-9][0-9]([ -].*)?")) throw new Unexpected("no reply of SMTP");
      int here = Integer.parseInt(line.substring(0, 3));
      if (code != 0 && here != code) throw new Unexpected("a reply of two codes");
      code = here;
      lines.add(line.length() > 4 ? line.substring(4) : "");
      if (line.length() == 3 || line.charAt(3) == ' ') return new Reply(code, List.copyOf(lines));
    }
    throw new Unexpected("a reply of more than 100 lines");
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int one = in.read(); one != '\n'; one = in.read()) {
      if (one < 0)
        throw line.size() == 0
            ? new IOException("the server hung up")
            : new Unexpected("no reply of SMTP");
      if (line.size() == MOST_LINE) throw new Unexpected("a line of more than 2 KiB");
      if (line.size() < 3 && (one < '0' || one > '9')) throw new Unexpected("no reply of SMTP");
      line.write(one);
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }
}
