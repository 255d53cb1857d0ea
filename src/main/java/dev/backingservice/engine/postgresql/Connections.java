package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.jdbc.JdbcLine;
import dev.backingservice.engine.wire.Attempt;
import dev.backingservice.engine.wire.BoundedSocketFactory;
import dev.backingservice.engine.wire.PinnedSslFactory;
import dev.backingservice.engine.wire.Reach;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Trust;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.postgresql.Driver;

/// Opens connections from typed fields only, never from anybody's URL or parameters.
final class Connections {
  /// What a tenant could set on a role or a database and what would then hold for us. Start-up
  /// options beat those settings; they are read back because a pooler may drop them.
  private static final Map<String, String> PINS =
      new TreeMap<>(
          Map.of(
              "search_path", "pg_catalog,pg_temp",
              "standard_conforming_strings", "on",
              "role", "none",
              "default_transaction_read_only", "off",
              "statement_timeout", "15s",
              "lock_timeout", "5s",
              "idle_in_transaction_session_timeout", "30s",
              "client_encoding", "UTF8",
              "synchronous_commit", "on"));

  private static final Map<String, String> DRIVER =
      Map.ofEntries(
          Map.entry("sslNegotiation", "postgres"),
          Map.entry("gssEncMode", "disable"),
          Map.entry("requireAuth", "scram-sha-256"),
          Map.entry("scramMaxIterations", "100000"),
          Map.entry("connectTimeout", "3"),
          Map.entry("loginTimeout", "0"),
          Map.entry("socketTimeout", "20"),
          Map.entry("cancelSignalTimeout", "5"),
          Map.entry("preferQueryMode", "extended"),
          Map.entry("allowEncodingChanges", "false"),
          Map.entry("logServerErrorDetail", "false"),
          Map.entry("prepareThreshold", "0"),
          Map.entry("preparedStatementCacheQueries", "0"),
          Map.entry("binaryTransfer", "false"), // FrameGuard lets through texts alone
          Map.entry("ApplicationName", "backing-service-operator"));

  /// Where a connection is kept, a statement is planned once: to plan a look takes longer than to
  /// look. The catalogs stay as they are, whatever is created meanwhile.
  private static final Map<String, String> KEPT =
      Map.of(
          "prepareThreshold", "1",
          "preparedStatementCacheQueries", "64",
          "preparedStatementCacheSizeMiB", "1",
          "flushCacheOnDdl", "false");

  /// What is looked for by name is found the same way, whatever the name.
  private static final String ONE_PLAN = " -c plan_cache_mode=force_generic_plan";

  /// How long a login may take, all in all.
  private static final Duration LOGIN = Duration.ofSeconds(5);

  /// How long the work in another database may take, all in all.
  private static final Duration INSIDE = Duration.ofSeconds(60);

  private Connections() {}

  /// The administrator in its own database, on a connection that is kept, pinned and checked.
  ///
  /// @param only the one address to be tried; empty: all of the name's
  static JdbcLine administrator(Server server, Optional<InetAddress> only) throws EngineException {
    var properties = new Properties();
    properties.putAll(KEPT);
    properties.setProperty("options", options() + ONE_PLAN);
    return administrator(server, server.adminDatabase(), only, properties);
  }

  private static JdbcLine administrator(
      Server server, String database, Optional<InetAddress> only, Properties properties)
      throws EngineException {
    properties.setProperty("user", server.adminUser());
    properties.setProperty("password", proof(server));
    properties.setProperty(
        "channelBinding", server.tokens().isPresent() ? "disable" : bind(server.trust()));
    if (server.tokens().isPresent()) properties.setProperty("requireAuth", "password");
    var attempt =
        new Attempt(server.admin(), server.trust(), Optional.empty(), only, FrameGuard::new);
    try {
      var connection = connect(attempt, server.admin(), database, server.trust(), properties);
      var checked = checked(server, connection);
      attempt.bounds().end();
      return new JdbcLine(checked, attempt);
    } catch (SQLException e) {
      if (PgErrors.state(e).equals(PgErrors.INSUFFICIENT_PRIVILEGE))
        throw PgErrors.mayNotConnect(server, database);
      throw unquoted(
          server,
          PgErrors.connecting(
              e, attempt, "the administration of " + server.name(), Reason.AdminRefused));
    }
  }

  /// A token is asked for only while somebody is there: a dead server stays a dead server, whatever
  /// is wrong with the cloud.
  private static String proof(Server server) throws EngineException {
    boolean needless = server.tokens().isPresent() && !Reach.anybodyAt(List.of(server.admin()));
    return needless ? "" : server.proof().reveal();
  }

  /// Whoever was shown a token may say it: nothing of that is repeated.
  private static EngineException unquoted(Server server, EngineException e) {
    return server.tokens().isEmpty() || e.silent()
        ? e
        : EngineException.of(
            e.reason(),
            "the administration of %s does not let the operator in with its token: see the log of the server"
                .formatted(server.name()));
  }

  /// The administrator in another database, for one short piece of work within its own bounds: the
  /// connection ends with them.
  static Connection inside(Server server, String database) throws EngineException {
    var properties = new Properties();
    properties.setProperty("options", options());
    var opened = administrator(server, database, Optional.empty(), properties);
    opened.attempt().bounds().begin(INSIDE);
    return opened.connection();
  }

  /// The workload's own login, without pins: what it sees is what counts.
  static JdbcLine workload(Server server, Credential credential, String database)
      throws SQLException, EngineException {
    var properties = new Properties();
    properties.setProperty("user", credential.attachment().login());
    properties.setProperty("password", credential.password().reveal());
    var attempt =
        new Attempt(
            server.data(),
            server.trust(),
            credential.certificate(),
            Optional.empty(),
            FrameGuard::new);
    try {
      var connection = connect(attempt, server.data(), database, server.trust(), properties);
      attempt.bounds().end();
      return new JdbcLine(connection, attempt);
    } catch (SQLException e) {
      if (PgErrors.aboutTheLogin(e)) throw new Turned(e, attempt);
      throw PgErrors.connecting(
          e, attempt, server.name() + " (" + server.data() + ")", Reason.LoginRefused);
    }
  }

  /// The server spoke about the login itself.
  static final class Turned extends SQLException {
    private static final long serialVersionUID = 1;
    private final transient Attempt attempt;

    Turned(SQLException e, Attempt attempt) {
      super(e.getMessage(), e.getSQLState(), e);
      this.attempt = attempt;
    }

    Attempt attempt() {
      return attempt;
    }
  }

  /// A name cannot add parameters to the URL.
  static String encoded(String database) {
    return URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// From properties, but for the database: parameters of a URL would beat them.
  private static Connection connect(
      Attempt attempt, Endpoint to, String database, Trust trust, Properties properties)
      throws SQLException {
    DRIVER.forEach(properties::putIfAbsent);
    properties.setProperty("PGPORT", Integer.toString(to.port()));
    properties.setProperty(
        "sslmode", trust.mode() == Trust.Mode.Disabled ? "disable" : "verify-ca");
    properties.setProperty("sslfactory", PinnedSslFactory.class.getName());
    properties.setProperty("sslfactoryarg", attempt.token());
    properties.setProperty("socketFactory", BoundedSocketFactory.class.getName());
    properties.setProperty("socketFactoryArg", attempt.token());
    attempt.bounds().begin(LOGIN);
    try (attempt) {
      properties.setProperty("PGHOST", address(attempt));
      var connection = new Driver().connect("jdbc:postgresql:" + encoded(database), properties);
      if (connection == null) throw new IllegalStateException("the driver knows its own URLs");
      return connection;
    } catch (SQLException e) {
      attempt.bounds().end();
      throw e;
    } catch (RuntimeException e) { // of the driver, about a server that answers anything
      attempt.bounds().end();
      throw new Sql.Unexpected(e);
    }
  }

  /// The driver would look a name up without a bound, and compare it with the certificate: both is
  /// the attempt's.
  private static String address(Attempt attempt) throws SQLException {
    try {
      var address = attempt.addresses().getFirst().getHostAddress();
      int zone = address.indexOf('%');
      return zone < 0 ? address : address.substring(0, zone);
    } catch (UnknownHostException e) {
      throw new SQLException(e.getMessage(), "08001", e);
    }
  }

  /// The word of libpq and the drivers.
  static String sslMode(Trust.Mode mode) {
    return switch (mode) {
      case VerifyFull -> "verify-full";
      case VerifyCA -> "verify-ca";
      case Disabled -> "disable";
    };
  }

  private static String bind(Trust trust) {
    return trust.mode() == Trust.Mode.Disabled ? "disable" : "require";
  }

  private static String options() {
    var options = new StringBuilder();
    PINS.forEach((name, value) -> options.append(" -c ").append(name).append('=').append(value));
    return options.toString().strip();
  }

  private static Connection checked(Server server, Connection connection)
      throws SQLException, EngineException {
    try {
      check(server, connection);
      return connection;
    } catch (SQLException | EngineException | RuntimeException e) {
      connection.abort(Runnable::run);
      throw e;
    }
  }

  private static void check(Server server, Connection connection)
      throws SQLException, EngineException {
    var seen =
        new Sql(connection)
            .query(
                "SELECT name, pg_catalog.current_setting(name) FROM pg_catalog.unnest($1::pg_catalog.text[]) name",
                row -> Map.entry(row.getString(1), row.getString(2)),
                (Object) PINS.keySet().toArray(String[]::new));
    for (var setting : seen) {
      var pinned = PINS.get(setting.getKey());
      if (setting.getValue().replace(" ", "").equals(pinned)) continue;
      throw unpinned(server, setting.getKey());
    }
    if (seen.size() < PINS.size()) throw unpinned(server, "of every kind");
    Administrator.assume(new Sql(connection), server);
  }

  private static EngineException unpinned(Server server, String setting) {
    return EngineException.of(
        Reason.AdminRefused,
        "the administrator's session on %s does not keep its setting %s: connect it past the pooler with spec.admin.endpoint"
            .formatted(server.name(), setting));
  }
}
