package dev.backingservice.report;

import dev.backingservice.api.BackingServerStatus;
import dev.backingservice.api.Condition;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Events about a server: its conditions, when they change.
public final class ServerNotices {
  private static final Set<String> TOLD = Set.of("Reachable", "Identified", "Secure", "Accepted");

  private ServerNotices() {}

  /// @param before the status as it was
  /// @param now the status as it is
  public static List<Notice> of(@Nullable BackingServerStatus before, BackingServerStatus now) {
    var was = new Conditions(conditions(before));
    return conditions(now).stream()
        .filter(c -> TOLD.contains(c.type()))
        .filter(c -> changed(was, c))
        .map(
            c ->
                c.status() == Condition.Status.True
                    ? Notice.normal(c.reason(), c.message())
                    : Notice.warning(c.reason(), c.message()))
        .toList();
  }

  /// A server that is well at first sight is nothing to tell of; what is not known says nothing.
  private static boolean changed(Conditions before, Condition now) {
    if (now.status() == Condition.Status.Unknown) return false;
    var was = before.before(now.type()).map(Condition::status);
    return was.isEmpty() ? now.status() == Condition.Status.False : was.get() != now.status();
  }

  private static List<Condition> conditions(@Nullable BackingServerStatus status) {
    return status == null
        ? List.of()
        : Objects.requireNonNullElse(status.conditions(), List.<Condition>of());
  }
}
