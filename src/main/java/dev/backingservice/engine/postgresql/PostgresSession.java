package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Beacon;
import dev.backingservice.engine.Drain;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Examination;
import dev.backingservice.engine.LitBeacon;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Replication;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Sight;
import dev.backingservice.engine.Want;
import dev.backingservice.engine.jdbc.JdbcLine;
import dev.backingservice.engine.wire.Instances;
import dev.backingservice.engine.wire.Lane;
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
import java.util.TreeMap;
import java.util.TreeSet;

/// The administrator's session on a PostgreSQL server.
final class PostgresSession implements Session {
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

  private final Lane<JdbcLine> lane;
  private final Lane.Loan<JdbcLine> loan;
  private final Registry registry;
  private final Provision provision;

  PostgresSession(Lane<JdbcLine> lane, Lane.Loan<JdbcLine> loan, Registry registry) {
    this.lane = lane;
    this.loan = loan;
    this.registry = registry;
    this.provision = new Provision(lane.server(), registry);
  }

  private Connection connection() {
    return loan.line().connection();
  }

  private Server server() {
    return lane.server();
  }

  @Override
  public Identity identity() throws EngineException {
    return asked(this::identity);
  }

  private Identity identity(Sql sql) throws SQLException {
    return registry.identification().read(sql, server());
  }

  @Override
  public String replayed() throws EngineException {
    return asked(registry.identification()::replayed);
  }

  @Override
  public Sight look(Order order, Set<String> names) throws EngineException {
    return asked(
        sql -> {
          var seen =
              registry
                  .identification()
                  .readWith(
                      sql,
                      server(),
                      LoginRow.QUERY,
                      r -> LoginRow.read(r, Identification.COLUMNS, registry.marks()),
                      (Object) names.toArray(String[]::new));
          var found = new HashMap<String, Standing.Login>();
          for (var row : seen.rows()) found.put(row.name(), row.login(order, registry.marks()));
          return new Sight(seen.identity(), new Standing(found));
        });
  }

  @Override
  public Examination examine() throws EngineException {
    var seen = SslRequest.look(server(), server().admin());
    var instances = new Instances<>(server(), new Dialling(server())).all();
    return asked(
        sql ->
            new Examination(
                new Posture(sql, server(), registry).look(),
                seen.map(s -> s.protection()),
                instances));
  }

  @Override
  public Optional<Inventory> inventory(Order order) throws EngineException {
    var place = order.place();
    var scope = Schemas.of(place);
    try (var inside = Connections.inside(server(), scope.database())) {
      return Optional.of(names(new Sql(inside), place));
    } catch (SQLException e) {
      throw PgErrors.running(e, server());
    }
  }

  /// What is in another schema than the first goes by its whole name.
  private Inventory.Names names(Sql sql, Place place) throws SQLException, EngineException {
    var names = new TreeSet<String>();
    var closed = new TreeMap<String, String>();
    var scope = Schemas.of(place);
    for (var schema : scope.each()) {
      if (!sql.holds(
          "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)", schema.first()))
        throw SchemaGrants.missing(place.server(), schema);
      var found =
          new RelationNames(schema, Roles.of(registry.marks(), place), registry.marks()).read(sql);
      found.names().forEach(name -> names.add(scope.local(schema, name)));
      found.closed().forEach((name, cure) -> closed.put(scope.local(schema, name), cure));
    }
    return new Inventory.Names(names, closed);
  }

  @Override
  public void checkClaim(Order order) throws EngineException {
    try {
      new Groups(registry.marks()).checkClaim(new Sql(connection()), order);
    } catch (SQLException e) {
      throw PgErrors.running(e, server());
    }
  }

  @Override
  public Optional<Failure> fenceable(Order order, Attachment attachment) throws EngineException {
    return asked(sql -> new Fenceable(server(), registry.marks(), attachment).refusal(sql));
  }

  @Override
  public Beacon beacon(long key) throws EngineException {
    asked(sql -> sql.query("SELECT pg_catalog.pg_advisory_lock($1)", row -> true, key));
    return new LitBeacon(
        EngineKind.PostgreSQL,
        server().adminDatabase(),
        key,
        server().adminUser(),
        () -> asked(sql -> sql.holds("SELECT pg_catalog.pg_advisory_unlock($1)", key)));
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
  public void createGroups(Order order) throws EngineException {
    provision.createGroups(connection(), order);
  }

  @Override
  public void ensure(Order order, List<Want> wants) throws EngineException {
    provision.ensure(connection(), order, wants);
  }

  @Override
  public Drain sever(Order order, Attachment attachment, Duration within) throws EngineException {
    return asked(sql -> new Fence(sql, registry.marks(), attachment).sever(within));
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
  public Optional<Replication> replication() {
    return Optional.of(new LogicalReplication(server(), new Sql(connection()), registry.marks()));
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
