package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Claim;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Names;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Standing.Holds;
import dev.backingservice.model.Word;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/// Makes words true on one server, in this order: what must not work any more, then the groups,
/// then what shall work.
final class Provision {
  private static final Duration EVICTION = Duration.ofSeconds(5);

  private final Server server;
  private final Marks marks;
  private final Transactions transactions;
  private final Known known;
  private final Logins logins;

  Provision(Server server, Marks marks, LongSupplier term, Known known) {
    this.server = server;
    this.marks = marks;
    this.transactions = new Transactions(server, marks, term);
    this.known = known;
    this.logins = new Logins(marks);
  }

  void ensure(Connection connection, Claim claim, List<Want> wants) throws EngineException {
    for (var want : wants) if (!want.word().works()) close(connection, claim, want);
    for (var want : wants) if (want.word().works()) evict(connection, claim, want);
    if (wants.stream().noneMatch(w -> w.word().works())) return;
    try {
      open(connection, claim, wants);
    } catch (EngineException e) {
      if (!known.holds(key(claim))) throw e;
      known.forget(); // another server may answer under the name by now
      open(connection, claim, wants);
    }
    for (var want : wants) if (want.word().works()) checkOthers(connection, want);
  }

  private void open(Connection connection, Claim claim, List<Want> wants) throws EngineException {
    boolean complete = known.holds(key(claim));
    transactions.run(
        connection,
        sql -> {
          if (!complete) new Groups(marks).ensure(sql, claim);
          for (var want : wants) if (want.word().works()) logins.open(sql, claim, want);
        },
        complete ? new String[] {service(claim)} : new String[] {group(claim), service(claim)});
    if (complete) return;
    inside(claim);
    known.add(key(claim));
  }

  /// Whose claim was checked, too: another namespace asks anew.
  private String key(Claim claim) {
    return String.join("/", server.name(), claim.service().namespace(), claim.place().toString())
        + claim.sharedWith();
  }

  /// What others granted is theirs to take back; it is told, after everything of ours was put
  /// right.
  private void checkOthers(Connection connection, Want want) throws EngineException {
    try {
      var sql = new Sql(connection);
      var found = logins.find(sql, want.login());
      if (found.isEmpty()) return;
      var others = Logins.others(sql, found.get());
      if (others.isPresent())
        throw EngineException.of(
            Reason.PrivilegesIncomplete, "on " + server.name() + " " + others.get());
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  /// Locked, or gone. Memberships go in a transaction of their own, so that a blocked ALTER
  /// keeps nothing.
  private void close(Connection connection, Claim claim, Want want) throws EngineException {
    transactions.run(connection, sql -> logins.strip(sql, claim, want.login()), service(claim));
    transactions.run(connection, sql -> logins.lock(sql, claim, want.login()), service(claim));
    if (want.word() != Word.Absent) return;
    vacate(connection, claim, want.login());
    new Removal(server, transactions, logins).drop(connection, claim, want);
  }

  /// A role can be dropped while it is connected, and its sessions go on.
  private void vacate(Connection connection, Claim claim, String login) throws EngineException {
    try {
      if (logins.find(new Sql(connection), login).isEmpty()) return;
      if (new Fence(new Sql(connection), claim, login).sever(EVICTION).done()) return;
      throw EngineException.of(
          Reason.SessionsRemain, "sessions of %s on %s do not end".formatted(login, server.name()));
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  void createDatabase(Connection connection, Claim claim) throws EngineException {
    try {
      new Creation(server, marks).create(new Sql(connection), claim);
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  int lockStrangers(Connection connection, Set<String> held) throws EngineException {
    try {
      return new Strangers(marks, logins, transactions).lock(connection, held);
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  /// A slot that is used again must not bring sessions of its former credential along.
  private void evict(Connection connection, Claim claim, Want want) throws EngineException {
    try {
      var found = logins.find(new Sql(connection), want.login());
      if (found.isEmpty()
          || found.get().epoch() == want.attachment().epoch()
          || found.get().holds(claim, marks.instance()) == Holds.Foreign) return;
      transactions.run(connection, sql -> logins.lock(sql, claim, want.login()), service(claim));
      new Fence(new Sql(connection), claim, want.login()).sever(EVICTION);
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  private void inside(Claim claim) throws EngineException {
    try (var connection = Connections.administrator(server, claim.place().database())) {
      connection.setAutoCommit(false);
      new SchemaGrants(claim.place()).ensure(new Sql(connection));
      connection.commit();
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  private static String group(Claim claim) {
    return "group/" + Names.digest(claim.place().database(), claim.place().schema());
  }

  private static String service(Claim claim) {
    return "service/" + claim.service();
  }
}
