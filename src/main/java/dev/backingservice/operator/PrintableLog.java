package dev.backingservice.operator;

import dev.backingservice.model.ServerText;
import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.jspecify.annotations.Nullable;

/// A message in the log is one printable line, and so is that of each exception, whoever wrote what
/// it quotes: servers and tenants do, and libraries quote them. Nobody forges an entry, or speaks
/// to the terminal of whoever reads.
@LoggingFilter(name = "printable")
public final class PrintableLog implements Filter {
  /// Causes of causes that are shown.
  private static final int DEEPEST = 16;

  @Override
  public boolean isLoggable(LogRecord said) {
    if (said instanceof ExtLogRecord entry) printable(entry);
    return true;
  }

  private static void printable(ExtLogRecord entry) {
    var text = String.valueOf(entry.getFormattedMessage());
    entry.setMessage(ServerText.line(text), FormatStyle.NO_FORMAT);
    entry.setThrown(shown(entry.getThrown(), DEEPEST));
  }

  private static @Nullable Throwable shown(@Nullable Throwable thrown, int deeper) {
    if (thrown == null || deeper == 0) return null;
    var shown = new Shown(ServerText.line(thrown.toString()), shown(thrown.getCause(), deeper - 1));
    shown.setStackTrace(thrown.getStackTrace());
    return shown;
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
