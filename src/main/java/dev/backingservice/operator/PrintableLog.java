package dev.backingservice.operator;

import dev.backingservice.model.ServerText;
import io.quarkus.logging.LoggingFilter;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.jspecify.annotations.Nullable;

/// A message in the log is one printable line, and so is that of each exception, whoever wrote what
/// it quotes: servers and tenants do, and libraries quote them. Nobody forges an entry, or speaks
/// to the terminal of whoever reads. An exception whose messages are such lines stays as it is.
@LoggingFilter(name = "printable")
public final class PrintableLog implements Filter {
  @Override
  public boolean isLoggable(LogRecord said) {
    if (said instanceof ExtLogRecord entry) printable(entry);
    return true;
  }

  private static void printable(ExtLogRecord entry) {
    entry.setMessage(
        ServerText.entry(String.valueOf(entry.getFormattedMessage())), FormatStyle.NO_FORMAT);
    var thrown = entry.getThrown();
    if (thrown != null && !printable(thrown, seen())) entry.setThrown(shown(thrown, seen()));
  }

  /// Causes may go round in a circle.
  private static Set<Throwable> seen() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  private static boolean printable(Throwable thrown, Set<Throwable> seen) {
    if (!seen.add(thrown)) return true;
    var text = text(thrown);
    return ServerText.entry(text).equals(text)
        && (thrown.getCause() == null || printable(thrown.getCause(), seen))
        && Arrays.stream(thrown.getSuppressed()).allMatch(s -> printable(s, seen));
  }

  private static Shown shown(Throwable thrown, Set<Throwable> seen) {
    seen.add(thrown);
    var cause = thrown.getCause();
    var shown =
        new Shown(
            ServerText.entry(text(thrown)),
            cause == null || seen.contains(cause) ? null : shown(cause, seen));
    shown.setStackTrace(thrown.getStackTrace());
    for (var suppressed : thrown.getSuppressed())
      if (!seen.contains(suppressed)) shown.addSuppressed(shown(suppressed, seen));
    return shown;
  }

  /// An exception may fail to say anything.
  private static String text(Throwable thrown) {
    try {
      return String.valueOf(thrown.toString());
    } catch (RuntimeException e) {
      return thrown.getClass().getName();
    }
  }

  /// An exception that says what another one said.
  private static final class Shown extends Throwable {
    private static final long serialVersionUID = 1;

    private final String said;

    Shown(String said, @Nullable Throwable cause) {
      super(said, cause);
      this.said = said;
    }

    @Override
    public String toString() {
      return said;
    }
  }
}
