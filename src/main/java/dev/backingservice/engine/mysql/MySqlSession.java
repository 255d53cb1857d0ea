package dev.backingservice.engine.mysql;

import dev.backingservice.engine.Beacon;
import dev.backingservice.engine.Drain;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Examination;
import dev.backingservice.engine.LitBeacon;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Sight;
import dev.backingservice.engine.Want;
import dev.backingservice.engine.jdbc.JdbcLine;
import dev.backingservice.engine.wire.Handshake;
import dev.backingservice.engine.wire.Instances;
import dev.backingservice.engine.wire.Lane;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Inventory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The administrator's session on a MariaDB or MySQL server.
final class MySqlSession implements Session {
  /// A result has a bound: names come by page.
  private static final String NAMES =
      "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_name > ? ORDER BY table_name LIMIT 5000";

  /// What comes after them in the order of names is not compared.
  private static final int MOST_NAMES = 200_000;

  /// A lock of a session of the very account.
  private static final String HELD =
      "SELECT COUNT(*) > 0 FROM %s WHERE id = IS_USED_LOCK(?) AND user = ?";

  private final Lane<JdbcLine> lane;
  private final Lane.Loan<JdbcLine> loan;
  private final Provision provision;
  private final Registry registry;

  MySqlSession(
      Lane<JdbcLine> lane, Lane.Loan<JdbcLine> loan, Provision provision, Registry registry) {
    this.lane = lane;
    this.loan = loan;
    this.provision = provision;
    this.registry = registry;
  }

  private Server server() {
    return lane.server();
  }

  private MarkTable table(Sql sql) {
    return registry.table(sql);
  }

  @Override
  public Identity identity() throws EngineException {
    return asked(sql -> Identification.read(sql, server()));
  }

  @Override
  public Sight look(Order order, Set<String> logins) throws EngineException {
    return asked(
        sql ->
            new Sight(
                Identification.read(sql, server()), new Look(registry).look(sql, order, logins)));
  }

  @Override
  public Examination examine() throws EngineException {
    var seen = Greeting.look(server(), server().admin());
    var instances = new Instances<>(server(), new Dialling(server())).all();
    return asked(
        sql ->
            new Examination(
                new Posture(sql, server(), registry.foreign()).look(),
                seen.map(Handshake.Seen::protection),
                instances));
  }

  @Override
  public Optional<Inventory> inventory(Order order) throws EngineException {
    var database = Databases.of(order.place());
    return asked(
        sql -> {
          if (!Databases.exists(sql, database)) throw provision.databases().missing(database);
          return Optional.of(new Inventory.Names(names(sql, database)));
        });
  }

  private static Set<String> names(Sql sql, String database) throws SQLException {
    var names = new TreeSet<String>();
    var page = sql.query(NAMES, row -> row.getString(1), database, "");
    while (names.addAll(page) && names.size() < MOST_NAMES)
      page = sql.query(NAMES, row -> row.getString(1), database, page.getLast());
    return names;
  }

  @Override
  public void checkClaim(Order order) throws EngineException {
    asked(
        sql -> {
          provision.databases().checkClaim(table(sql), order);
          return order;
        });
  }

  @Override
  public Optional<Failure> fenceable(Order order, Attachment attachment) throws EngineException {
    return asked(sql -> new Posture(sql, server(), registry.foreign()).fenceable(attachment));
  }

  @Override
  public Beacon beacon(long key) throws EngineException {
    asked(sql -> sql.holds("SELECT GET_LOCK(?, 0) = 1", lock(key)));
    return new LitBeacon(
        EngineKind.MySQL,
        "",
        key,
        server().adminUser(),
        () -> asked(sql -> sql.holds("SELECT RELEASE_LOCK(?) = 1", lock(key))));
  }

  private static String lock(long key) {
    return "bs/beacon/" + Long.toHexString(key);
  }

  @Override
  public boolean sees(Beacon beacon) throws EngineException {
    if (beacon.kind() != EngineKind.MySQL) return false;
    return asked(
        sql ->
            sql.holds(
                HELD.formatted(sql.dialect().processes()), lock(beacon.key()), beacon.holder()));
  }

  @Override
  public void createMissing(Order order) throws EngineException {
    changed(sql -> provision.databases().createMissing(sql, order));
  }

  @Override
  public void ensure(Order order, List<Want> wants) throws EngineException {
    changed(sql -> provision.ensure(sql, order, wants));
  }

  /// Only the sessions of a login that is locked, as its mark says: so a stale leader ends nothing.
  @Override
  public Drain sever(Order order, Attachment attachment, Duration within) throws EngineException {
    return asked(
        sql -> {
          var mark = table(sql).find(attachment.login()).map(LoginMark::new);
          if (mark.filter(m -> m.superseded() > 0).isEmpty()) return remaining(sql, attachment);
          return new Severing(sql, List.of(attachment.login())).until(within);
        });
  }

  private static Drain remaining(Sql sql, Attachment attachment) throws SQLException {
    int left =
        sql.one(
            "SELECT COUNT(*) FROM %s WHERE user = ?".formatted(sql.dialect().processes()),
            row -> row.getInt(1),
            attachment.login());
    return new Drain(0, left, 0);
  }

  @Override
  public int lockStrangers(Set<String> names) throws EngineException {
    return asked(sql -> provision.lockStrangers(sql, names));
  }

  @Override
  public void drop(Order order) throws EngineException {
    changed(sql -> provision.databases().drop(sql, order));
  }

  @Override
  public void close() {
    lane.giveBack(loan);
  }

  private void changed(Exclusive.Work work) throws EngineException {
    asked(
        sql -> {
          work.run(sql);
          return sql;
        });
  }

  private <T> T asked(Question<T> question) throws EngineException {
    try {
      return question.of(new Sql(loan.line().connection()));
    } catch (SQLException e) {
      throw MySqlErrors.running(e, server());
    }
  }

  @FunctionalInterface
  private interface Question<T> {
    T of(Sql sql) throws SQLException, EngineException;
  }
}
