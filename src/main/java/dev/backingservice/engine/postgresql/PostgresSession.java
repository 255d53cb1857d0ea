package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Claim;
import dev.backingservice.engine.Drain;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Place;
import dev.backingservice.model.Protection;
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
  private final Lane lane;
  private final Connection connection;
  private final Provision provision;
  private final Marks marks;

  PostgresSession(Lane lane, Connection connection, Provision provision, Marks marks) {
    this.lane = lane;
    this.connection = connection;
    this.provision = provision;
    this.marks = marks;
  }

  @Override
  public Identity identity() throws EngineException {
    return asked(Identification::read);
  }

  @Override
  public List<Finding> posture() throws EngineException {
    return asked(sql -> new Posture(sql, lane.server()).look());
  }

  @Override
  public Optional<Protection> protection() {
    return Handshake.look(lane.server()).map(Handshake.Seen::protection);
  }

  @Override
  public Standing look(Claim claim, Set<String> logins) throws EngineException {
    return asked(
        sql -> {
          var found = new HashMap<String, Standing.Login>();
          for (var row :
              sql.query(
                  LoginRow.QUERY,
                  r -> LoginRow.read(r, marks),
                  (Object) logins.toArray(String[]::new)))
            found.put(
                row.name(),
                new Standing.Login(
                    row.holds(claim, marks.instance()), row.epoch(), row.uid(), row.sessions()));
          return new Standing(found);
        });
  }

  @Override
  public Set<String> relations(Place place) throws EngineException {
    try (var inside = Connections.administrator(lane.server(), place.database())) {
      var sql = new Sql(inside);
      if (!sql.holds(
          "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)", place.schema()))
        throw SchemaGrants.missing(place);
      return new TreeSet<>(
          sql.query(
              "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')",
              row -> row.getString(1),
              place.schema()));
    } catch (SQLException e) {
      throw PgErrors.running(e, lane.server());
    }
  }

  @Override
  public void fenceable(Claim claim, Attachment attachment) throws EngineException {
    new Fenceable(lane.server(), claim, attachment).check(new Sql(connection));
  }

  @Override
  public boolean sameInstance(Session other, long key) throws EngineException {
    var theirs = ((PostgresSession) other).connection;
    try {
      var sql = new Sql(connection);
      sql.query("SELECT pg_catalog.pg_advisory_lock($1)", row -> true, key);
      try {
        boolean free = new Sql(theirs).holds("SELECT pg_catalog.pg_try_advisory_lock($1)", key);
        if (free) new Sql(theirs).holds("SELECT pg_catalog.pg_advisory_unlock($1)", key);
        return !free;
      } finally {
        sql.holds("SELECT pg_catalog.pg_advisory_unlock($1)", key);
      }
    } catch (SQLException e) {
      throw PgErrors.running(e, lane.server());
    }
  }

  @Override
  public void createDatabase(Claim claim) throws EngineException {
    provision.createDatabase(connection, claim);
  }

  @Override
  public void ensure(Claim claim, List<Want> wants) throws EngineException {
    provision.ensure(connection, claim, wants);
  }

  @Override
  public Drain sever(Claim claim, Attachment attachment, Duration within) throws EngineException {
    return asked(sql -> new Fence(sql, claim, attachment.login()).sever(within));
  }

  @Override
  public int lockStrangers(Set<String> held) throws EngineException {
    return provision.lockStrangers(connection, held);
  }

  @Override
  public void close() {
    lane.giveBack(connection);
  }

  private <T> T asked(Question<T> question) throws EngineException {
    try {
      return question.of(new Sql(connection));
    } catch (SQLException e) {
      throw PgErrors.running(e, lane.server());
    }
  }

  @FunctionalInterface
  private interface Question<T> {
    T of(Sql sql) throws SQLException;
  }
}
