package dev.backingservice.api;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Values of a spec that a newer version of the schema admits and this binary does not know. One of
/// them in one resource must not end the watch of all others: it is read as absent, and the
/// resource tells that it was there.
public final class UnknownValues extends DeserializationProblemHandler {
  private static final ThreadLocal<List<Found>> FOUND = ThreadLocal.withInitial(ArrayList::new);

  /// Far longer than a spec is read, far shorter than until a thread reads another one after a
  /// failure.
  private static final long READ_NANOS = 100_000_000;

  private static final String SPEC = "/spec/";

  @Override
  public @Nullable Object handleWeirdStringValue(
      DeserializationContext context, Class<?> type, String value, String why) {
    if (!type.isEnum() || !type.getName().startsWith("dev.backingservice.api.")) return NOT_HANDLED;
    var path = context.getParser().getParsingContext().pathAsPointer().toString();
    int spec = path.indexOf(SPEC);
    if (spec >= 0)
      FOUND
          .get()
          .add(
              new Found(
                  System.nanoTime(), path.substring(spec + 1).replace('/', '.') + ": " + value));
    return null;
  }

  /// Those of the spec that this thread has just read.
  static List<String> taken() {
    long now = System.nanoTime();
    var found = FOUND.get().stream().filter(f -> now - f.at < READ_NANOS).map(Found::text).toList();
    FOUND.remove();
    return found;
  }

  private record Found(long at, String text) {}
}
