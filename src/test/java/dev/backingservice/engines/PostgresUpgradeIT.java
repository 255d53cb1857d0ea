package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Want;
import dev.backingservice.engine.postgresql.PostgresEngine;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Intent.Limits;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServiceId;
import dev.backingservice.sandbox.Pki;
import dev.backingservice.sandbox.Postgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An upgrade from version 15, as `pg_upgrade` and `pg_dumpall` of version 16 make it: the roles
/// and their memberships are dumped without who granted them, and restored by a superuser.
class PostgresUpgradeIT {
  private static final Pki PKI = new Pki();
  private static final Place PLACE = new Place("blue", new Scope.Schema("orders", "public"));
  private static final ServiceId SERVICE = new ServiceId("shop", "orders", "uid");
  private static final Order ORDER =
      new Order(SERVICE, "namespace-uid", PLACE, new Limits(20, Duration.ZERO), Set.of());
  private static final Attachment AT =
      new Attachment(PLACE, "", EngineContract.KEY.logins(SERVICE).a(), Access.ReadWrite, 1);

  private static final List<String> GLOBALS =
      List.of(
          "SELECT format('CREATE ROLE %I %s %s CONNECTION LIMIT %s PASSWORD %L', rolname, CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END, CASE WHEN rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END, rolconnlimit, rolpassword) FROM pg_authid WHERE rolname LIKE 'bs\\_%' AND rolname <> 'bs_admin'",
          "SELECT format('COMMENT ON ROLE %I IS %L', rolname, shobj_description(oid, 'pg_authid')) FROM pg_authid WHERE rolname LIKE 'bs\\_%' AND shobj_description(oid, 'pg_authid') IS NOT NULL",
          "SELECT format('GRANT %I TO %I %s', g.rolname, u.rolname, CASE WHEN admin_option THEN 'WITH ADMIN OPTION' END) FROM pg_auth_members m JOIN pg_authid g ON g.oid = m.roleid JOIN pg_authid u ON u.oid = m.member WHERE g.rolname LIKE 'bs\\_%' AND g.rolname <> 'bs_admin'");

  private static Server server(Postgres postgres) {
    return PostgresContract.server(postgres, PKI);
  }

  private static Want want(LoginState state) {
    return new Want(
        AT,
        state,
        state == LoginState.Locked ? 1 : 0,
        EngineContract.KEY.password(SERVICE, AT),
        new byte[16]);
  }

  private static void ensure(Postgres postgres, LoginState state) throws Exception {
    var engine = new PostgresEngine(EngineContract.KEY, new FixedTerm(1), 1);
    try (var session = engine.open(server(postgres))) {
      session.ensure(ORDER, List.of(want(state)));
    } finally {
      engine.keep(List.of());
    }
  }

  private static List<String> globals(Postgres from) throws SQLException {
    var statements = new ArrayList<String>();
    try (var session = from.superuser("postgres")) {
      for (var query : GLOBALS)
        try (var rows = session.createStatement().executeQuery(query)) {
          while (rows.next()) statements.add(rows.getString(1));
        }
    }
    return statements;
  }

  @Test
  void loginsThatWereMadeOnVersion15AreFencedOnVersion16(@TempDir Path folder) throws Exception {
    try (var old = Postgres.start("old", 15, folder, PKI).withDatabase("orders");
        var upgraded = Postgres.start("new", 16, folder, PKI).withDatabase("orders")) {
      // Given
      ensure(old, LoginState.Active);

      // When
      upgraded.execute("postgres", globals(old).toArray(String[]::new));
      ensure(upgraded, LoginState.Active);

      // Then
      var password = EngineContract.KEY.password(SERVICE, AT).reveal();
      try (var tenant = upgraded.login("orders", AT.login(), password)) {
        ensure(upgraded, LoginState.Locked);
        var engine = new PostgresEngine(EngineContract.KEY, new FixedTerm(1), 1);
        try (var session = engine.open(server(upgraded))) {
          assertThat(session.sever(ORDER, AT, Duration.ofSeconds(30)).left()).isZero();
        }
        engine.keep(List.of());
        assertThat(tenant.isValid(2)).isFalse();
      }
      ensure(upgraded, LoginState.Absent);
    }
  }
}
