package dev.backingservice.engine.mysql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.jdbc.JdbcLine;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.ServiceId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// An account of ours, seen by logging in as it where the administrator does: nobody else may read
/// what it holds.
record Account(Registry registry, String login, LoginMark mark) {
  /// What a mark of MariaDB and MySQL says besides.
  static final String LINEAGE = "lineage";

  static final String DATABASE = "database";

  private static final Duration QUESTIONS = Duration.ofSeconds(5);

  private static final Pattern CONNECTIONS = Pattern.compile("MAX_USER_CONNECTIONS (\\d+)");

  /// How it was received.
  sealed interface Seen {
    /// @param exact whether it is protected and limited as it shall be
    record In(Grants grants, boolean exact) implements Seen {}

    /// Its password is right.
    record Locked() implements Seen {}

    /// Its password is right, and it has as many connections as it may.
    record Full() implements Seen {}

    /// It has another password, or is not there.
    record Refused() implements Seen {}
  }

  /// The mark of a login that works.
  static LoginMark mark(Marks marks, Order order, Attachment at) {
    return LoginMark.of(marks, order, at)
        .with(LINEAGE, at.serverId())
        .with(DATABASE, Databases.of(at.place()));
  }

  /// The password of the epoch that its mark says.
  Sensitive password(ServiceId service) {
    return registry.marks().key().password(owner(service), attachment());
  }

  /// The salt of the same.
  byte[] salt(ServiceId service) {
    return registry.marks().key().salt(owner(service), attachment());
  }

  private ServiceId owner(ServiceId service) {
    return new ServiceId(service.namespace(), service.name(), mark.uid());
  }

  private Attachment attachment() {
    return new Attachment(
        Databases.place(mark.server(), mark.field(DATABASE)),
        mark.field(LINEAGE),
        login,
        mark.access(),
        Math.max(1, mark.epoch()));
  }

  /// @throws EngineException when nobody is there, or no connection is free for anybody
  Seen look(Order order) throws SQLException, EngineException {
    return look(password(order.service()), order.limits().connections());
  }

  /// The same with a password that it may have.
  Seen look(Sensitive password, int connections) throws SQLException, EngineException {
    JdbcLine line;
    try {
      line =
          Connections.login(
              registry.server(), registry.server().admin(), login, password, "", Optional.empty());
    } catch (Connections.Turned e) {
      return turned(e.said());
    }
    try {
      line.attempt().bounds().begin(QUESTIONS);
      var sql = new Sql(line.connection());
      return new Seen.In(
          Grants.read(sql, mark.field(DATABASE), mark.access()), exact(sql, connections));
    } catch (SQLException e) {
      if (!MySqlErrors.expired(e)) throw e;
      return new Seen.Refused();
    } finally {
      line.attempt().bounds().end();
      line.discard();
    }
  }

  private Seen turned(SQLException said) throws EngineException {
    if (Dialect.saysLocked(said.getErrorCode())) return new Seen.Locked();
    if (MySqlErrors.fullOfTheLogin(said)) return new Seen.Full();
    if (MySqlErrors.crowded(said)) throw MySqlErrors.running(said, registry.server());
    return new Seen.Refused();
  }

  private boolean exact(Sql sql, int connections) throws SQLException {
    var said = sql.one("SHOW CREATE USER CURRENT_USER()", row -> row.getString(1));
    var limit = CONNECTIONS.matcher(said);
    return said.contains(" REQUIRE SSL")
        && limit.find()
        && limit.group(1).equals(Integer.toString(connections))
        && sql.holds("SELECT CURRENT_USER() = ?", login + "@%");
  }
}
