package dev.backingservice.status;

import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Place;
import dev.backingservice.model.Scope;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Attachments and debts in the words of the status.
final class AttachmentCodec {
  private AttachmentCodec() {}

  /// What is said of an attachment besides itself; empty texts and nulls for nothing.
  record Besides(
      @Nullable Instant since, @Nullable Instant until, String running, String position) {
    static final Besides NOTHING = new Besides(null, null, "", "");
  }

  static BackingServiceStatus.Attachment write(Attachment a, Besides besides) {
    var scope = a.place().scope().fields();
    return new BackingServiceStatus.Attachment(
        a.server(),
        a.serverId(),
        scope.get("database"),
        scope.get("schema"),
        scope.get("keyPrefix"),
        scope.get("vhost"),
        scope.get("prefix"),
        scope.get("sender"),
        a.login(),
        a.access().name(),
        a.epoch(),
        Times.write(besides.since),
        Times.write(besides.until),
        orNull(besides.running),
        orNull(besides.position));
  }

  static Attachment read(BackingServiceStatus.Attachment a) {
    return new Attachment(
        new Place(a.server(), scope(a)),
        Objects.requireNonNullElse(a.serverId(), ""),
        a.login(),
        access(a.access()),
        Math.max(1, a.epoch()));
  }

  static BackingServiceStatus.Debt write(Debt debt) {
    var at = debt.attachment();
    var scope = at.place().scope().fields();
    return new BackingServiceStatus.Debt(
        at.server(),
        at.serverId(),
        scope.get("database"),
        scope.get("schema"),
        scope.get("keyPrefix"),
        scope.get("vhost"),
        scope.get("prefix"),
        scope.get("sender"),
        at.login(),
        at.access().name(),
        at.epoch(),
        Times.text(debt.since()),
        orNull(debt.running()),
        debt.predecessor() ? true : null,
        Bounds.message(debt.message()));
  }

  static Debt read(BackingServiceStatus.Debt d) {
    var at =
        new BackingServiceStatus.Attachment(
            d.server(),
            d.serverId(),
            d.database(),
            d.schema(),
            d.keyPrefix(),
            d.vhost(),
            d.prefix(),
            d.sender(),
            d.login(),
            d.access(),
            d.epoch(),
            null,
            null,
            null,
            null);
    var running = Objects.requireNonNullElse(d.instanceId(), "");
    boolean predecessor = Boolean.TRUE.equals(d.predecessor());
    return new Debt(read(at), Times.read(d.since()), running, d.message(), predecessor);
  }

  private static Scope scope(BackingServiceStatus.Attachment a) {
    var fields = new TreeMap<String, String>();
    put(fields, "database", a.database());
    put(fields, "schema", a.schema());
    put(fields, "keyPrefix", a.keyPrefix());
    put(fields, "vhost", a.vhost());
    put(fields, "prefix", a.prefix());
    put(fields, "sender", a.sender());
    return Scope.of(fields);
  }

  private static void put(Map<String, String> fields, String name, @Nullable String value) {
    if (value != null) fields.put(name, value);
  }

  /// An unknown level counts as the most: a fence must not count with too little.
  private static Access access(@Nullable String word) {
    if (word == null) return Access.ReadWrite;
    return Stream.of(Access.values())
        .filter(a -> a.name().equals(word))
        .findFirst()
        .orElse(Access.Owner);
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
