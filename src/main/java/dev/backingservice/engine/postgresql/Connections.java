package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Trust;
import java.sql.Connection;
import java.sql.SQLException;
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
              "statement_timeout", "15000",
              "lock_timeout", "5000",
              "idle_in_transaction_session_timeout", "30000",
              "client_encoding", "UTF8",
              "synchronous_commit", "on"));

  private static final Map<String, String> DRIVER =
      Map.ofEntries(
          Map.entry("sslNegotiation", "postgres"),
          Map.entry("gssEncMode", "disable"),
          Map.entry("requireAuth", "scram-sha-256"),
          Map.entry("scramMaxIterations", "100000"),
          Map.entry("connectTimeout", "3"),
          Map.entry("loginTimeout", "5"),
          Map.entry("socketTimeout", "20"),
          Map.entry("cancelSignalTimeout", "5"),
          Map.entry("maxResultBuffer", "1M"),
          Map.entry("preferQueryMode", "extended"),
          Map.entry("allowEncodingChanges", "false"),
          Map.entry("logServerErrorDetail", "false"),
          Map.entry("preparedStatementCacheQueries", "0"),
          Map.entry("ApplicationName", "backing-service-operator"));

  private Connections() {}

  /// The administrator, pinned and checked.
  static Connection administrator(Server server, String database) throws EngineException {
    var properties = properties(server.trust(), Optional.empty());
    properties.setProperty("user", server.adminUser());
    properties.setProperty("password", server.adminPassword().reveal());
    properties.setProperty("channelBinding", bind(server.trust()));
    properties.setProperty("options", options());
    try {
      var connection = connect(server.admin(), database, properties);
      return checked(server, connection);
    } catch (SQLException e) {
      if (PgErrors.state(e).equals("42501")) throw PgErrors.mayNotConnect(server, database);
      throw PgErrors.connecting(e, server, server.admin(), Reason.AdminRefused);
    }
  }

  /// The workload's own login, without pins: what it sees is what counts.
  static Connection workload(Server server, Credential credential) throws EngineException {
    var properties = properties(server.trust(), credential.certificate());
    properties.setProperty("user", credential.attachment().login());
    properties.setProperty("password", credential.password().reveal());
    try {
      return connect(server.data(), credential.attachment().place().database(), properties);
    } catch (SQLException e) {
      throw PgErrors.connecting(e, server, server.data(), Reason.LoginRefused);
    }
  }

  private static Connection connect(Endpoint to, String database, Properties properties)
      throws SQLException {
    // the driver percent-decodes the database; ours come from a pattern without '%', '/' and '?'
    var connection =
        new Driver().connect("jdbc:postgresql://" + to.authority() + "/" + database, properties);
    if (connection == null) throw new IllegalStateException("the driver knows its own URLs");
    return connection;
  }

  private static Properties properties(
      Trust trust, Optional<Credential.ClientCertificate> certificate) {
    var properties = new Properties();
    DRIVER.forEach(properties::setProperty);
    properties.setProperty("sslmode", sslMode(trust.mode()));
    properties.setProperty("sslfactory", PinnedSslFactory.class.getName());
    properties.setProperty("sslfactoryarg", PinnedSslFactory.argument(trust, certificate));
    return properties;
  }

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
    var seen =
        new Sql(connection)
            .query(
                "SELECT name, setting FROM pg_catalog.pg_settings WHERE name = ANY ($1)",
                row -> Map.entry(row.getString(1), row.getString(2)),
                (Object) PINS.keySet().toArray(String[]::new));
    for (var setting : seen) {
      var pinned = PINS.get(setting.getKey());
      if (setting.getValue().replace(" ", "").equals(pinned)) continue;
      connection.close();
      throw EngineException.of(
          Reason.AdminRefused,
          "the administrator's session on %s does not keep its setting %s: connect it past the pooler with spec.admin.endpoint"
              .formatted(server.name(), setting.getKey()));
    }
    Administrator.assume(new Sql(connection), server);
    return connection;
  }
}
