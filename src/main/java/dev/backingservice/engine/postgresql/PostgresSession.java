package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Beacon;
import dev.backingservice.engine.Drain;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Examination;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Sight;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Inventory;
import dev.backingservice.model.Place;
import dev.backingservice.model.Standing;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The administrator's session on a PostgreSQL server.
final class PostgresSession implements Session {
  /// A result has a bound: names come by page, in the order of the type `name`.
  private static final String NAMES =
      "SELECT c.relname FROM "
          + SchemaGrants.RELATIONS
          + " AND c.relname > $2 ORDER BY c.relname LIMIT 5000";

  /// What comes after them in the order of names is not compared.
  private static final int MOST_NAMES = 200_000;

  /// A lock that this very account holds (manual, view pg_locks: a key of 64 bits is shown in two
  /// halves); any login could take one of the same key.
  private static final String HELD =
      """
      SELECT EXISTS (
        SELECT FROM pg_catalog.pg_locks l
          JOIN pg_catalog.pg_database d ON d.oid = l.database
          JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
           AND l.classid::pg_catalog.int8 = $1::pg_catalog.int8 & 4294967295
           AND l.objid::pg_catalog.int8 = $2::pg_catalog.int8 & 4294967295
           AND d.datname = $3 AND a.usename = $4)""";

  private final Lane lane;
  private final Lane.Loan loan;
  private final Provision provision;
  private final Marks marks;

  PostgresSession(Lane lane, Lane.Loan loan, Provision provision, Marks marks) {
    this.lane = lane;
    this.loan = loan;
    this.provision = provision;
    this.marks = marks;
  }

  private Connection connection() {
    return loan.connection();
  }

  private Server server() {
    return lane.server();
  }

  @Override
  public Identity identity() throws EngineException {
    return asked(Identification::read);
  }

  @Override
  public Sight look(Order order, Set<String> names) throws EngineException {
    return asked(
        sql -> {
          var found = new HashMap<String, Standing.Login>();
          for (var row :
              sql.query(
                  LoginRow.QUERY,
                  r -> LoginRow.read(r, marks),
                  (Object) names.toArray(String[]::new)))
            found.put(row.name(), row.login(order, marks));
          return new Sight(Identification.read(sql), new Standing(found));
        });
  }

  @Override
  public Examination examine() throws EngineException {
    var seen = SslRequest.look(server(), server().admin());
    var instances = Instances.behind(server());
    return asked(
        sql ->
            new Examination(
                new Posture(sql, server()).look(), seen.map(s -> s.protection()), instances));
  }

  @Override
  public Optional<Inventory> inventory(Place place) throws EngineException {
    var scope = Schemas.of(place);
    try (var inside = Connections.inside(server(), scope.database())) {
      var sql = new Sql(inside);
      if (!sql.holds(
          "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)", scope.schema()))
        throw SchemaGrants.missing(place);
      return Optional.of(new Inventory(names(sql, place)));
    } catch (SQLException e) {
      throw PgErrors.running(e, server());
    }
  }

  @Override
  public void checkClaim(Order order) throws EngineException {
    try {
      new Groups(marks).checkClaim(new Sql(connection()), order);
    } catch (SQLException e) {
      throw PgErrors.running(e, server());
    }
  }

  private static Set<String> names(Sql sql, Place place) throws SQLException {
    var schema = Schemas.of(place).schema();
    var names = new TreeSet<String>();
    var page = sql.query(NAMES, row -> row.getString(1), schema, "");
    while (names.addAll(page) && names.size() < MOST_NAMES)
      page = sql.query(NAMES, row -> row.getString(1), schema, page.getLast());
    return names;
  }

  @Override
  public Optional<Failure> fenceable(Order order, Attachment attachment) throws EngineException {
    return asked(sql -> new Fenceable(server(), marks, attachment).refusal(sql));
  }

  @Override
  public Beacon beacon(long key) throws EngineException {
    asked(sql -> sql.query("SELECT pg_catalog.pg_advisory_lock($1)", row -> true, key));
    return new Lock(server().adminDatabase(), key);
  }

  /// An advisory lock of this session. Its key belongs to a database.
  private final class Lock implements Beacon {
    private final String database;
    private final long key;

    Lock(String database, long key) {
      this.database = database;
      this.key = key;
    }

    @Override
    public EngineKind kind() {
      return EngineKind.PostgreSQL;
    }

    @Override
    public String where() {
      return database;
    }

    @Override
    public long key() {
      return key;
    }

    @Override
    public String holder() {
      return server().adminUser();
    }

    @Override
    public void close() throws EngineException {
      asked(sql -> sql.holds("SELECT pg_catalog.pg_advisory_unlock($1)", key));
    }
  }

  @Override
  public boolean sees(Beacon beacon) throws EngineException {
    if (beacon.kind() != EngineKind.PostgreSQL) return false;
    return asked(
        sql ->
            sql.holds(
                HELD,
                (int) (beacon.key() >>> Integer.SIZE),
                (int) beacon.key(),
                beacon.where(),
                beacon.holder()));
  }

  @Override
  public void createMissing(Order order) throws EngineException {
    provision.createMissing(connection(), order);
  }

  @Override
  public void ensure(Order order, List<Want> wants) throws EngineException {
    provision.ensure(connection(), order, wants);
  }

  @Override
  public Drain sever(Order order, Attachment attachment, Duration within) throws EngineException {
    return asked(sql -> new Fence(sql, marks, attachment).sever(within));
  }

  @Override
  public int lockStrangers(Set<String> names) throws EngineException {
    return provision.lockStrangers(connection(), names, loan::begin);
  }

  @Override
  public void drop(Order order) throws EngineException {
    provision.drop(connection(), order);
  }

  @Override
  public void close() {
    lane.giveBack(loan);
  }

  private <T> T asked(Question<T> question) throws EngineException {
    try {
      return question.of(new Sql(connection()));
    } catch (SQLException e) {
      throw PgErrors.running(e, server());
    }
  }

  @FunctionalInterface
  private interface Question<T> {
    T of(Sql sql) throws SQLException;
  }
}
