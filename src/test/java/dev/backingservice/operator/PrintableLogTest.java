package dev.backingservice.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Level;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.junit.jupiter.api.Test;

class PrintableLogTest {
  private static final String HOSTILE =
      "no\n2026-12-02T09:00:00.000Z INFO  Leadership leading\u001b[2J";
  private static final String SHOWN = "no 2026-12-02T09:00:00.000Z INFO  Leadership leading[2J";

  private static ExtLogRecord entry(String format, Object... parameters) {
    var entry =
        new ExtLogRecord(
            Level.WARNING, format, FormatStyle.PRINTF, PrintableLogTest.class.getName());
    entry.setParameters(parameters);
    return entry;
  }

  @Test
  void whatAMessageQuotesForgesNoSecondLine() {
    var entry = entry("refused: server=%s: %s", "blue", HOSTILE);

    assertThat(new PrintableLog().isLoggable(entry)).isTrue();

    assertThat(entry.getFormattedMessage()).isEqualTo("refused: server=blue: " + SHOWN);
  }

  @Test
  void whatIsNoFormatAnyMoreIsNotFormattedAgain() {
    var entry = entry("%s", "100%d");

    new PrintableLog().isLoggable(entry);

    assertThat(entry.getFormattedMessage()).isEqualTo("100%d");
  }

  @Test
  void anExceptionAndItsCausesSayTheirMessagesInOneLineEach() {
    var entry = entry("a bug");
    var thrown = new IllegalStateException(HOSTILE, new NumberFormatException(HOSTILE));
    entry.setThrown(thrown);

    new PrintableLog().isLoggable(entry);

    assertThat(trace(entry.getThrown()))
        .startsWith("java.lang.IllegalStateException: " + SHOWN)
        .contains("Caused by: java.lang.NumberFormatException: " + SHOWN)
        .contains("\tat dev.backingservice.operator.PrintableLogTest")
        .doesNotContain("\n2026");
  }

  @Test
  void whatSaysNothingHostileStaysAsItIs() {
    var entry = entry("a bug");
    var thrown = new IllegalStateException("first");
    thrown.addSuppressed(new IllegalStateException("second", thrown));
    entry.setThrown(thrown);

    new PrintableLog().isLoggable(entry);

    assertThat(entry.getThrown()).isSameAs(thrown);
  }

  @Test
  void whatIsSuppressedIsShownAndCirclesHaveAnEnd() {
    var entry = entry("a bug");
    var thrown = new IllegalStateException("first");
    thrown.addSuppressed(new IllegalStateException(HOSTILE, thrown));
    entry.setThrown(thrown);

    new PrintableLog().isLoggable(entry);

    assertThat(trace(entry.getThrown()))
        .containsOnlyOnce("first")
        .contains("Suppressed: java.lang.IllegalStateException: " + SHOWN);
  }

  @Test
  void anExceptionThatCannotSpeakIsNamed() {
    var entry = entry("a bug");
    entry.setThrown(
        new IllegalStateException(HOSTILE, null) {
          @Override
          public String toString() {
            throw new IllegalStateException();
          }
        });

    assertThat(new PrintableLog().isLoggable(entry)).isTrue();
    assertThat(entry.getThrown().getClass().getName()).contains("PrintableLogTest");
  }

  private static String trace(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
