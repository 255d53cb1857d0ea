package dev.backingservice.engine.mysql;

import dev.backingservice.engine.Server;
import dev.backingservice.engine.jdbc.Values;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Identity.Role;
import dev.backingservice.model.Names;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/// Who a server is. MySQL has a UUID, which a copy of its data folder shares. MariaDB tells of no
/// lineage: its own identifier follows host and port, so the BackingServer stands for it. The start
/// time tells running processes apart; the server computes its uptime from the start of the
/// statement, so that the difference is exact.
final class Identification {
  private static final String STARTED = "SELECT UNIX_TIMESTAMP(NOW()) - (%s)";
  private static final String QUERY = "SELECT %s, (%s)";
  private static final int HEX = 16;

  private Identification() {}

  static Identity read(Sql sql, Server server) throws SQLException {
    var dialect = sql.dialect();
    var query = QUERY.formatted(own(dialect), STARTED.formatted(dialect.uptime()));
    var said =
        sql.one(
            query,
            row ->
                Stream.of(1, 2, 3, 4, 5).map(column -> text(row, column)).toArray(String[]::new));
    var lineage = dialect == Dialect.MariaDB ? server.uid() : said[0];
    var process = Names.digest(said[0]).substring(0, HEX) + "/" + said[4];
    return new Identity(
        lineage,
        process,
        "",
        position(dialect, said[3]),
        "0".equals(said[2]) ? Role.Primary : Role.Replica,
        said[1]);
  }

  private static String own(Dialect dialect) {
    return switch (dialect) {
      case MariaDB ->
          "CONCAT(@@server_uid, '/', @@hostname, '/', @@port), @@version, @@global.read_only, @@global.gtid_current_pos";
      case MySQL ->
          "@@server_uuid, @@version, @@global.read_only OR @@global.super_read_only, @@global.gtid_executed";
    };
  }

  private static String text(Values row, int column) {
    try {
      return Objects.requireNonNullElse(row.getString(column), "");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// How many transactions the log has seen, of the same length each time; empty where there is no
  /// log. Sequence numbers are added over the domains, or over the intervals of the set.
  static String position(Dialect dialect, String gtids) {
    if (gtids.isBlank()) return "";
    long seen =
        Stream.of(gtids.replaceAll("\\s", "").split(","))
            .mapToLong(dialect == Dialect.MariaDB ? Identification::sequence : Identification::size)
            .sum();
    return String.format(Locale.ROOT, "%020d", seen);
  }

  /// Of `domain-server-sequence`.
  private static long sequence(String gtid) {
    return number(gtid.substring(gtid.lastIndexOf('-') + 1));
  }

  /// Of `uuid:first-last:first-last`, tags among them.
  private static long size(String set) {
    long size = 0;
    for (var interval : set.split(":")) {
      if (!interval.matches("\\d+(-\\d+)?")) continue;
      int dash = interval.indexOf('-');
      size +=
          dash < 0
              ? 1
              : number(interval.substring(dash + 1)) - number(interval.substring(0, dash)) + 1;
    }
    return size;
  }

  /// A server may say anything.
  private static long number(String digits) {
    return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : 0;
  }
}
