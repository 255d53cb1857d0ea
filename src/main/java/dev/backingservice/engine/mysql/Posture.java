package dev.backingservice.engine.mysql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Finding.Id;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Sensitive;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What is weak about a server, and what its administrator may do there.
record Posture(Sql sql, Server server, ForeignGrants foreign) {
  /// The oldest series with fixes: MariaDB 10.11, MySQL 8.4.
  private static final int MARIADB = 1011;

  private static final int MYSQL = 804;

  private static final String NOBODY = "backing-service-probe";

  private static final Set<String> TOO_STRONG = Set.of("SUPER", "SYSTEM_USER", "ALL PRIVILEGES");

  List<Finding> look() throws SQLException {
    var findings = new ArrayList<Finding>();
    server.unverified().ifPresent(findings::add);
    foreign.of(server).ifPresent(findings::add);
    if (anonymous())
      findings.add(
          new Finding(
              Id.AnonymousUser,
              "whoever connects without a name and a password is let in",
              "DROP USER for every account with an empty name"));
    if ("0".equals(variable("@@global.require_secure_transport")))
      findings.add(
          new Finding(
              Id.PlaintextAccepted,
              "the server talks without TLS to whoever asks",
              "set require_secure_transport = ON"));
    if ("1".equals(variable("@@global.general_log")))
      findings.add(
          new Finding(
              Id.StatementLogging,
              "the server logs statements, verifiers of passwords among them",
              "set general_log = OFF"));
    if (version() < (sql.dialect() == Dialect.MariaDB ? MARIADB : MYSQL))
      findings.add(
          new Finding(
              Id.OldVersion,
              "this version gets no fixes any more",
              "upgrade to MariaDB 10.11, MySQL 8.4 or newer"));
    administrator(findings);
    return List.copyOf(findings);
  }

  private void administrator(List<Finding> findings) throws SQLException {
    var held = held();
    if (sql.dialect() == Dialect.MariaDB)
      findings.add(
          new Finding(
              Id.AdminTooStrong,
              "on MariaDB whoever may create accounts may change the password of root as well",
              "keep the Secret of spec.admin as you keep root's password"));
    else if (TOO_STRONG.stream().anyMatch(held::contains))
      findings.add(
          new Finding(
              Id.AdminTooStrong,
              "the administrator may change accounts of the server's own administrators",
              "give the operator an account without ALL PRIVILEGES, SUPER and SYSTEM_USER"));
    if (!maySignal(held))
      findings.add(
          new Finding(
              Id.CannotSignal,
              "the administrator may not see and end every session it has to fence",
              signalling()));
    else if (Severing.seen(sql).isEmpty())
      findings.add(
          new Finding(
              Id.CannotSignal,
              "the administrator does not see prepared transactions, so no fence waits for them",
              "GRANT XA_RECOVER_ADMIN ON *.* TO the administrator"));
  }

  /// Why a fence could not succeed.
  Optional<Failure> fenceable(Attachment attachment) throws SQLException {
    if (!maySignal(held()))
      return Optional.of(
          new Failure(
              Reason.AdminTooWeak,
              "the administrator of %s may not end the sessions of %s: %s"
                  .formatted(server.name(), attachment.login(), signalling())));
    var hidden = Severing.hidden(sql);
    return hidden.isPresent() ? hidden : Severing.open(sql, server);
  }

  private String signalling() throws SQLException {
    return "GRANT PROCESS, %s ON *.* TO the administrator".formatted(sql.dialect().ending());
  }

  private boolean maySignal(Set<String> held) throws SQLException {
    boolean all = held.contains("ALL PRIVILEGES");
    return all
        || held.contains("PROCESS")
            && (held.contains("SUPER") || held.contains(sql.dialect().ending()));
  }

  /// The administrator's privileges on everything, those of its active roles among them.
  private Set<String> held() throws SQLException {
    var held = new TreeSet<String>();
    var roles = sql.one("SELECT COALESCE(CURRENT_ROLE(), 'NONE')", row -> row.getString(1));
    boolean using = sql.dialect() == Dialect.MySQL && !"NONE".equals(roles);
    for (var line :
        sql.query(
            using ? "SHOW GRANTS FOR CURRENT_USER() USING " + roles : "SHOW GRANTS",
            row -> row.getString(1)))
      if (line.startsWith("GRANT ") && line.contains(" ON *.* TO "))
        held.addAll(
            List.of(line.substring("GRANT ".length(), line.indexOf(" ON *.* TO ")).split(",\\s*")));
    return held;
  }

  /// An account without a name is that of every name that has none.
  private boolean anonymous() {
    try {
      Connections.login(server, server.admin(), NOBODY, new Sensitive(""), "", Optional.empty())
          .discard();
      return true;
    } catch (Connections.Turned | EngineException e) {
      return false;
    }
  }

  private String variable(String name) throws SQLException {
    return sql.one("SELECT " + name, row -> String.valueOf(row.getString(1)));
  }

  /// 1011 for 10.11.
  private int version() throws SQLException {
    var meta = variable("@@version").split("[^0-9]+");
    if (meta.length < 2) return 0;
    return bounded(meta[0]) * 100 + bounded(meta[1]);
  }

  private static int bounded(String digits) {
    return digits.matches("\\d{1,4}") ? Integer.parseInt(digits) : 0;
  }
}
