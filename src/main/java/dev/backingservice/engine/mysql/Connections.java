package dev.backingservice.engine.mysql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.jdbc.JdbcLine;
import dev.backingservice.engine.wire.Attempt;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.mariadb.jdbc.Driver;

/// Opens connections from typed fields only, never from anybody's URL or parameters.
final class Connections {
  /// How passwords are shown. What sends them in clear is left out; `caching_sha2_password` does so
  /// where the server has not seen the password since it started, to whoever was verified.
  private static final String AUTHENTICATION =
      "mysql_native_password,client_ed25519,caching_sha2_password,parsec";

  private static final String MODE = "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION";

  /// What a server-wide setting could change of what we send and mean.
  private static final String PINS =
      "sql_mode='%s',lock_wait_timeout=5,innodb_lock_wait_timeout=5".formatted(MODE);

  private static final String KEPT = "SELECT @@sql_mode = ? AND @@version <> ''";

  /// How long a login may take, all in all.
  private static final Duration LOGIN = Duration.ofSeconds(5);

  private static final int SOCKET_MILLIS = 20_000;
  private static final int CONNECT_MILLIS = 5000;

  private Connections() {}

  /// The administrator.
  ///
  /// @param only the one address to be tried; empty: all of the name's
  static JdbcLine administrator(Server server, Optional<InetAddress> only) throws EngineException {
    var attempt = attempt(server, server.admin(), Optional.empty(), only);
    try {
      attempt.bounds().begin(LOGIN);
      var line =
          connect(
              attempt,
              server.admin(),
              server.adminUser(),
              server.adminPassword(),
              server.adminDatabase(),
              PINS);
      check(server, line);
      attempt.bounds().end();
      return line;
    } catch (SQLException e) {
      throw MySqlErrors.connecting(
          e, attempt, "the administration of " + server.name(), Reason.AdminRefused);
    }
  }

  /// A login of ours.
  ///
  /// @param to where it logs in
  /// @param database empty text for none
  static JdbcLine login(
      Server server,
      Endpoint to,
      String login,
      Sensitive password,
      String database,
      Optional<Credential.ClientCertificate> certificate)
      throws Turned, EngineException {
    var attempt = attempt(server, to, certificate, Optional.empty());
    try {
      attempt.bounds().begin(LOGIN);
      var line = connect(attempt, to, login, password, database, "");
      attempt.bounds().end();
      return line;
    } catch (SQLException e) {
      if (MySqlErrors.aboutTheLogin(e)) throw new Turned(e, attempt);
      throw MySqlErrors.connecting(
          e, attempt, server.name() + " (" + to + ")", Reason.LoginRefused);
    }
  }

  /// The server spoke about the login itself.
  static final class Turned extends Exception {
    private static final long serialVersionUID = 1;
    private final transient SQLException said;
    private final transient Attempt attempt;

    Turned(SQLException said, Attempt attempt) {
      super(said);
      this.said = said;
      this.attempt = attempt;
    }

    SQLException said() {
      return said;
    }

    Attempt attempt() {
      return attempt;
    }
  }

  private static Attempt attempt(
      Server server,
      Endpoint to,
      Optional<Credential.ClientCertificate> certificate,
      Optional<InetAddress> only) {
    return new Attempt(to, server.trust(), certificate, only, Greeting.Guard::new, FrameGuard::new);
  }

  private static JdbcLine connect(
      Attempt attempt, Endpoint to, String user, Sensitive password, String database, String pins)
      throws SQLException {
    try (attempt) {
      return new JdbcLine(connected(attempt, to, user, password, database, pins), attempt);
    } catch (RuntimeException e) {
      throw new Sql.Unexpected(e); // of the driver, about a server that answers anything
    }
  }

  /// A pooler may drop what a session was told.
  private static void check(Server server, JdbcLine line) throws SQLException, EngineException {
    try {
      if (new Sql(line.connection()).holds(KEPT, MODE)) return;
    } catch (SQLException | RuntimeException e) {
      line.discard();
      throw e;
    }
    line.discard();
    throw EngineException.of(
        Reason.AdminRefused,
        "the administrator's session on %s does not keep its settings: connect it past the pooler with spec.admin.endpoint"
            .formatted(server.name()));
  }

  private static Connection connected(
      Attempt attempt, Endpoint to, String user, Sensitive password, String database, String pins)
      throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password.reveal());
    properties.setProperty("sslMode", attempt.secures() ? "verify-ca" : "disable");
    properties.setProperty("socketFactory", AttemptSockets.class.getName());
    properties.setProperty("tlsSocketType", AttemptTls.TYPE);
    properties.setProperty(AttemptSockets.TOKEN, attempt.token());
    properties.setProperty("restrictedAuth", AUTHENTICATION);
    properties.setProperty("permitRedirect", "false");
    properties.setProperty("allowLocalInfile", "false");
    properties.setProperty("allowMultiQueries", "false");
    properties.setProperty("allowPublicKeyRetrieval", "false");
    properties.setProperty("deprecateEof", "false");
    properties.setProperty("disablePipeline", "true");
    properties.setProperty("usePipelineAuth", "false");
    properties.setProperty("useReadAheadInput", "false");
    properties.setProperty("connectionAttributes", "program_name:backing-service-operator");
    properties.setProperty("connectTimeout", Integer.toString(CONNECT_MILLIS));
    properties.setProperty("socketTimeout", Integer.toString(SOCKET_MILLIS));
    if (!pins.isEmpty()) properties.setProperty("sessionVariables", pins);
    var url = "jdbc:mariadb://" + address(attempt, to) + "/" + encoded(database);
    var connection = new Driver().connect(url, properties);
    if (connection == null) throw new SQLException("not a URL of the driver", "08001");
    return connection;
  }

  /// A database is named in the path only; what could end it there is no name of ours.
  private static String encoded(String database) throws SQLException {
    if (!database.matches("[A-Za-z0-9_$-]*"))
      throw new SQLException("a database is named with letters, digits, '_', '$' and '-'", "08001");
    return database;
  }

  /// The driver is given an address: the socket is connected by then.
  private static String address(Attempt attempt, Endpoint to) throws SQLException {
    try {
      var address = attempt.addresses().getFirst();
      return new Endpoint(bare(address), to.port()).authority();
    } catch (UnknownHostException e) {
      throw new SQLException(e.getMessage(), "08001", e);
    }
  }

  private static String bare(InetAddress address) {
    var text = address.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }

  /// The word of the server's own client.
  static String sslMode(Trust.Mode mode) {
    return switch (mode) {
      case VerifyFull -> "VERIFY_IDENTITY";
      case VerifyCA -> "VERIFY_CA";
      case Disabled -> "DISABLED";
    };
  }
}
