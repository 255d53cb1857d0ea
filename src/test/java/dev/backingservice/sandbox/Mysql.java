package dev.backingservice.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/// One real MariaDB or MySQL server on loopback: TLS only, and an administrator who may create
/// accounts and end their sessions.
public final class Mysql implements Books, AutoCloseable {
  /// The administrator's login and password.
  public static final String ADMIN = "backing_admin";

  public static final String ADMIN_PASSWORD = "administrator-of-the-sandbox";
  private static final String DATABASE_PRIVILEGES =
      "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EVENT, TRIGGER";
  private static final String ROOT = "provider";
  private static final String ROOT_PASSWORD = "provider-of-the-sandbox";

  private final Product product;
  private final Path folder;
  private final Programs programs;
  private final Pki pki;
  private final int port = Ports.free();
  private Process server;

  /// A product and the version that is run.
  public enum Product {
    /// Of this machine's packages.
    MARIADB_10_11("", "CONNECTION ADMIN"),
    MARIADB_11_8("trixie", "CONNECTION ADMIN"),
    MYSQL_9("sid", "CONNECTION_ADMIN");

    private final String suite;
    private final String ending;

    Product(String suite, String ending) {
      this.suite = suite;
      this.ending = ending;
    }

    public boolean maria() {
      return this != MYSQL_9;
    }

    private Programs programs() throws IOException, InterruptedException {
      return suite.isEmpty()
          ? Programs.here("mariadbd", "mariadb-server")
          : Programs.of(suite, maria() ? "mariadb-server-core" : "mysql-server-core");
    }
  }

  private Mysql(Product product, String name, Path in, Pki pki, Programs programs) {
    this.product = product;
    this.folder = in.resolve(name);
    this.pki = pki;
    this.programs = programs;
  }

  /// Installs the packages where they are missing.
  public static Mysql start(Product product, String name, Path in, Pki pki) throws Exception {
    var mysql = new Mysql(product, name, in, pki, product.programs());
    Files.createDirectories(mysql.folder);
    pki.issue(mysql.folder, "127.0.0.1", "localhost");
    Files.writeString(mysql.folder.resolve("anchor.crt"), pki.anchor());
    mysql.initialize();
    mysql.start();
    mysql.administrator();
    return mysql;
  }

  private void initialize() throws Exception {
    Files.writeString(
        folder.resolve("init.sql"),
        "CREATE USER IF NOT EXISTS provider@'%%' IDENTIFIED BY '%1$s';\nGRANT ALL ON *.* TO provider@'%%' WITH GRANT OPTION;\n"
            .formatted(ROOT_PASSWORD));
    var command = product.maria() ? bootstrap() : program("--initialize-insecure");
    if (Processes.start(folder.resolve("init.log"), Map.of(), command).waitFor() != 0)
      throw new IllegalStateException(Files.readString(folder.resolve("init.log")));
  }

  /// What `mariadb-install-db` does, which cannot be told another system's loader.
  private List<String> bootstrap() throws IOException {
    Files.createDirectories(data());
    var sql = new StringBuilder("CREATE DATABASE mysql;\nUSE mysql;\n");
    for (var name : List.of("system_tables", "performance_tables", "system_tables_data"))
      for (var prefix : List.of("mysql_", "mariadb_")) {
        var file = share().resolve(prefix + name + ".sql");
        if (Files.exists(file)) sql.append(Files.readString(file));
      }
    Files.writeString(folder.resolve("bootstrap.sql"), sql);
    var command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" <bootstrap.sql", "sh"));
    command.addAll(program("--bootstrap", "--skip-log-bin"));
    return command;
  }

  private Path share() {
    var renamed = programs.resolve("usr/share/mariadb/mariadb_system_tables.sql");
    return Files.exists(renamed) ? renamed.getParent() : programs.resolve("usr/share/mysql");
  }

  private Path data() {
    return folder.resolve("data");
  }

  private List<String> program(String... more) {
    var command = programs.start(product.maria() ? "usr/sbin/mariadbd" : "usr/sbin/mysqld");
    command.add("--no-defaults");
    command.add("--user=" + System.getProperty("user.name"));
    command.add("--basedir=" + programs.resolve("usr"));
    command.add("--lc-messages-dir=" + share());
    command.add("--datadir=" + data());
    command.addAll(List.of(more));
    return command;
  }

  @Override
  public void start() throws Exception {
    start(new String[0]);
  }

  /// Also after [#stop]: the same data, the same port.
  public void start(String... more) throws Exception {
    var command =
        program(
            "--port=" + port,
            "--bind-address=127.0.0.1",
            "--socket=" + folder.resolve("s"),
            "--pid-file=" + folder.resolve("pid"),
            "--skip-name-resolve",
            "--max-connections=400",
            "--ssl-ca=" + folder.resolve("anchor.crt"),
            "--ssl-cert=" + folder.resolve("server.crt"),
            "--ssl-key=" + folder.resolve("server.key"),
            "--require-secure-transport=ON",
            "--log-bin=" + folder.resolve("binlog"),
            "--server-id=1",
            "--init-file=" + folder.resolve("init.sql"));
    command.addAll(
        product.maria()
            ? List.of("--innodb-flush-log-at-trx-commit=0")
            : List.of("--secure-file-priv=NULL", "--mysqlx=OFF"));
    command.addAll(List.of(more));
    server = Processes.start(folder.resolve("server.log"), Map.of(), command);
    Waiting.until("the server answers", this::answers);
  }

  private boolean answers() {
    try (var root = login("", ROOT, ROOT_PASSWORD)) {
      return root.isValid(2);
    } catch (SQLException e) {
      return false;
    }
  }

  /// What the documentation asks a database administrator to make.
  private void administrator() throws SQLException {
    execute(
        "CREATE USER %s@'%%' IDENTIFIED BY '%s' REQUIRE SSL".formatted(ADMIN, ADMIN_PASSWORD),
        "GRANT CREATE USER, PROCESS, %s ON *.* TO %s@'%%'".formatted(product.ending, ADMIN),
        "GRANT CREATE, SELECT, INSERT, UPDATE, DELETE ON backingservice.* TO %s@'%%'"
            .formatted(ADMIN));
    if (!product.maria()) execute("GRANT XA_RECOVER_ADMIN ON *.* TO %s@'%%'".formatted(ADMIN));
  }

  /// An empty database that the administrator may grant on.
  public void withDatabase(String name) throws SQLException {
    execute("CREATE DATABASE IF NOT EXISTS `%s`".formatted(name));
    admitted(name);
  }

  /// Lets the administrator grant on a database, be it there or not.
  public void admitted(String name) throws SQLException {
    execute(
        "GRANT %s ON `%s`.* TO %s@'%%' WITH GRANT OPTION"
            .formatted(DATABASE_PRIVILEGES, name.replace("_", "\\_"), ADMIN));
  }

  /// Runs statements as the server's own root.
  public void execute(String... statements) throws SQLException {
    try (var root = login("", ROOT, ROOT_PASSWORD);
        var statement = root.createStatement()) {
      for (var sql : statements) statement.execute(sql);
    }
  }

  /// The first column of the first row that root is answered.
  public String ask(String query) throws SQLException {
    try (var root = login("", ROOT, ROOT_PASSWORD);
        var statement = root.createStatement();
        var rows = statement.executeQuery(query)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }

  /// A session of somebody with a password, with TLS.
  public Connection login(String database, String user, String password) throws SQLException {
    return connect("verify-full", database, user, password);
  }

  /// The same without TLS.
  public Connection inClear(String database, String user, String password) throws SQLException {
    return connect("disable", database, user, password);
  }

  private Connection connect(String mode, String database, String user, String password)
      throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("sslMode", mode);
    properties.setProperty("serverSslCert", folder.resolve("anchor.crt").toString());
    properties.setProperty("connectTimeout", "3000");
    properties.setProperty("socketTimeout", "20000");
    return DriverManager.getConnection(
        "jdbc:mariadb://127.0.0.1:%d/%s".formatted(port, database), properties);
  }

  @Override
  public void stop() {
    if (server != null) Processes.stop(server, 10);
  }

  /// Accepts connections, and is silent until it is thawed.
  public AutoCloseable frozen() throws IOException, InterruptedException {
    var pid = "" + server.pid();
    new ProcessBuilder("kill", "-STOP", pid).start().waitFor();
    return () -> new ProcessBuilder("kill", "-CONT", pid).start().waitFor();
  }

  @Override
  public int port() {
    return port;
  }

  public Product product() {
    return product;
  }

  @Override
  public Set<Long> written() throws SQLException {
    var ids = new HashSet<Long>();
    try (var connection = login("orders", ROOT, ROOT_PASSWORD);
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT id FROM writes")) {
      while (rows.next()) ids.add(rows.getLong(1));
    }
    return ids;
  }

  @Override
  public void close() {
    stop();
    Folders.delete(folder);
  }
}
