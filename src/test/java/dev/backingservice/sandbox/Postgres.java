package dev.backingservice.sandbox;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;

/// One real PostgreSQL server on loopback: TLS only, SCRAM, and an administrator who is no
/// superuser. fsync is off, so nothing said about its speed holds elsewhere.
public final class Postgres implements Books, AutoCloseable {
  private static final Duration STOPPING = Duration.ofMinutes(2);
  private static final String HBA =
      """
      host    all         postgres  127.0.0.1/32 trust
      local   all         all                    reject
      hostssl replication all       127.0.0.1/32 scram-sha-256
      hostssl all         all       127.0.0.1/32 scram-sha-256
      """;

  /// The administrator's login and password.
  public static final String ADMIN = "backing_admin";

  public static final String ADMIN_PASSWORD = "administrator-of-the-sandbox";

  private final String name;
  private final int major;
  private final String release;
  private int port = Ports.free();
  private final Path data;
  private final Pki pki;
  private EmbeddedPostgres server;

  private Postgres(String name, String release, Path folder, Pki pki) {
    this.name = name;
    this.release = release;
    this.major = Integer.parseInt(release.split("\\.")[0]);
    this.data = folder.resolve(name);
    this.pki = pki;
  }

  /// A new, empty server with its administrator.
  public static Postgres start(String name, int major, Path folder, Pki pki) {
    return start(name, Integer.toString(major), folder, pki);
  }

  /// The same of one release, such as `15.9`.
  public static Postgres start(String name, String release, Path folder, Pki pki) {
    var postgres = new Postgres(name, release, folder, pki);
    postgres.start();
    postgres.prepare();
    return postgres;
  }

  /// A streaming standby of `primary`, under a name and port of its own.
  public static Postgres standbyOf(Postgres primary, String name, Path folder) throws Exception {
    var standby = new Postgres(name, primary.release, folder, primary.pki);
    try (var connection = primary.superuser("postgres");
        var statement = connection.createStatement()) {
      statement.execute(
          primary.major < 15
              ? "SELECT pg_start_backup('copy', true)"
              : "SELECT pg_backup_start('copy', true)");
      copy(primary.data, standby.data);
      statement.execute(primary.major < 15 ? "SELECT pg_stop_backup()" : "SELECT pg_backup_stop()");
    }
    Files.deleteIfExists(standby.data.resolve("postmaster.pid"));
    standby.follow(primary);
    return standby;
  }

  /// Starts as a standby of `primary`; also a stopped former primary.
  public void follow(Postgres primary) throws IOException {
    Files.writeString(data.resolve("standby.signal"), "");
    Files.writeString(
        data.resolve("postgresql.auto.conf"),
        "primary_conninfo = 'host=127.0.0.1 port=%d user=replicator password=replicator sslmode=require'\n"
            .formatted(primary.port));
    start();
  }

  /// Goes on at the address of another server, which must be stopped: as a name that moves.
  public void moveTo(Postgres other) {
    stop();
    port = other.port;
    start();
  }

  /// Also after [#stop]: the same data, the same port.
  @Override
  public void start() {
    try {
      server =
          EmbeddedPostgres.builder()
              .setPort(port)
              .setDataDirectory(data.toFile())
              .setCleanDataDirectory(false)
              .setPgBinaryResolver((system, machine) -> binaries(release))
              .setPGStartupWait(Duration.ofSeconds(60))
              .setServerConfig("ssl", "on")
              .setServerConfig("fsync", "off")
              .setServerConfig("autovacuum", "off")
              .setServerConfig("logging_collector", "on")
              .setServerConfig("log_filename", "server.log")
              .setServerConfig("max_connections", "400")
              .setServerConfig("max_prepared_transactions", "10")
              .setServerConfig("password_encryption", "scram-sha-256")
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setDataDirectoryCustomizer(this::secure)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Stops it: from outside it looks dead.
  @Override
  public void stop() {
    try {
      if (server != null) server.close();
      server = null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Stops it, keeps a copy of its data, and goes on.
  ///
  /// @return puts the copy back, as whoever restores a snapshot does
  public Runnable snapshot() throws IOException {
    var kept = data.resolveSibling(name + "-snapshot");
    stop();
    copy(data, kept);
    start();
    return () -> putBack(kept);
  }

  private void putBack(Path kept) {
    stop();
    try {
      Folders.delete(data);
      copy(kept, data);
      Folders.delete(kept);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start();
  }

  /// Stops every process of it until it is thawed: connections are accepted, and nobody speaks.
  public AutoCloseable frozen() throws IOException, InterruptedException {
    var postmaster = ProcessHandle.of(pid()).orElseThrow();
    signal("-STOP", List.of(postmaster.pid())); // from here on it makes no more processes
    var all =
        Stream.concat(Stream.of(postmaster), postmaster.descendants())
            .map(ProcessHandle::pid)
            .toList();
    signal("-STOP", all);
    return () -> signal("-CONT", all);
  }

  private static void signal(String signal, List<Long> processes)
      throws IOException, InterruptedException {
    for (var pid : processes) new ProcessBuilder("kill", signal, pid.toString()).start().waitFor();
  }

  public void restart() {
    stop();
    start();
  }

  /// Shows another certificate from now on.
  public void present(String certificate, String key) throws IOException, SQLException {
    Files.writeString(data.resolve("server.crt"), certificate);
    Files.writeString(data.resolve("server.key"), key);
    execute("postgres", "SELECT pg_reload_conf()");
  }

  /// Lets workloads in only with a certificate of `authority` for exactly their login.
  public void demandClientCertificates(String authority) throws IOException, SQLException {
    Files.writeString(data.resolve("clients.crt"), authority);
    execute("postgres", "ALTER SYSTEM SET ssl_ca_file = 'clients.crt'");
    admit("scram-sha-256 clientcert=verify-full");
  }

  /// Lets workloads in by their certificates alone: one `name` (RFC 2253) means one login.
  public void admitByCertificate(String name, String login) throws IOException, SQLException {
    Files.writeString(
        data.resolve("pg_ident.conf"), "names \"%s\" \"%s\"\n".formatted(name, login));
    admit("cert clientname=DN map=names");
  }

  private void admit(String method) throws IOException, SQLException {
    var administrator = "hostssl all         %s 127.0.0.1/32 scram-sha-256\n".formatted(ADMIN);
    var everybody = "hostssl all         all       127.0.0.1/32 ";
    Files.writeString(
        data.resolve("pg_hba.conf"),
        HBA.replace(everybody + "scram-sha-256", administrator + everybody + method));
    execute("postgres", "SELECT pg_reload_conf()");
  }

  /// Takes a login's password as it is, within TLS, as clouds take tokens.
  public void takesPasswordsInClear(String login) throws IOException, SQLException {
    var everybody = "hostssl all         all       127.0.0.1/32 ";
    Files.writeString(
        data.resolve("pg_hba.conf"),
        HBA.replace(
            everybody, "hostssl all %s 127.0.0.1/32 password\n%s".formatted(login, everybody)));
    execute("postgres", "SELECT pg_reload_conf()");
  }

  /// Makes a standby a primary.
  public void promote() throws SQLException {
    execute("postgres", "SELECT pg_promote(true, 30)");
  }

  private void secure(File directory) {
    try {
      pki.issue(directory.toPath(), "127.0.0.1", "localhost");
      Files.writeString(directory.toPath().resolve("pg_hba.conf"), HBA);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void prepare() {
    try {
      execute("postgres", administrator().toArray(String[]::new));
      if (major < 15)
        execute(
            "template1",
            "ALTER SCHEMA public OWNER TO pg_database_owner",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    } catch (SQLException e) {
      throw new IllegalStateException("cannot prepare " + name, e);
    }
  }

  /// Makes the administrator on a new server, and somebody who replicates.
  public static List<String> administrator() {
    return List.of(
        "CREATE ROLE bs_admin NOLOGIN CREATEROLE CREATEDB",
        "CREATE ROLE %s LOGIN NOINHERIT PASSWORD '%s'".formatted(ADMIN, ADMIN_PASSWORD),
        "GRANT bs_admin TO " + ADMIN,
        "GRANT pg_signal_backend TO bs_admin",
        "CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'replicator'",
        "REVOKE ALL ON DATABASE postgres FROM PUBLIC",
        "GRANT CONNECT ON DATABASE postgres TO " + ADMIN);
  }

  /// Creates a database as its owners would: it belongs to the administrator's role, and is
  /// closed to everybody else.
  public static List<String> database(String database) {
    return List.of(
        "CREATE DATABASE %s OWNER bs_admin".formatted(database),
        "REVOKE ALL ON DATABASE %s FROM PUBLIC".formatted(database),
        "GRANT CONNECT ON DATABASE %s TO %s".formatted(database, ADMIN));
  }

  /// The same on this server.
  public Postgres withDatabase(String database) throws SQLException {
    execute("postgres", database(database).toArray(String[]::new));
    return this;
  }

  /// The process that all others are children of.
  public long pid() throws IOException {
    return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip());
  }

  /// A superuser's session; for tests only.
  public Connection superuser(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s?sslmode=disable".formatted(port, database),
        "postgres",
        "");
  }

  public void execute(String database, String... statements) throws SQLException {
    try (var connection = superuser(database);
        var statement = connection.createStatement()) {
      for (var sql : statements) statement.execute(sql);
    }
  }

  /// One value, as text.
  public String ask(String database, String query) throws SQLException {
    try (var connection = superuser(database);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  /// A login's own session, as a workload would open it.
  public Connection login(String database, String user, String password) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("sslmode", "require");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database), properties);
  }

  /// How many rows were ever changed, catalogs included: the same number twice means that
  /// nobody wrote.
  public long changes() throws SQLException {
    execute("postgres", "SELECT pg_stat_clear_snapshot()");
    return Long.parseLong(
        ask(
            "postgres",
            "SELECT sum(tup_inserted + tup_updated + tup_deleted)::bigint FROM pg_stat_database"));
  }

  /// What the server wrote into its log.
  public String log() throws IOException {
    return Files.readString(data.resolve("log").resolve("server.log"));
  }

  public String name() {
    return name;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public Set<Long> written() throws SQLException {
    var ids = new HashSet<Long>();
    try (var connection = superuser("orders");
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT id FROM writes")) {
      while (rows.next()) ids.add(rows.getLong(1));
    }
    return ids;
  }

  /// Stops it for good, and deletes its data unless they are to be kept ([Sandbox#KEPT]).
  @Override
  public void close() {
    stop();
    if (!Sandbox.KEPT)
      await("its data are gone").pollDelay(Duration.ZERO).atMost(STOPPING).until(this::deleted);
  }

  /// A server that is slow to stop still writes.
  private boolean deleted() {
    try {
      if (Files.exists(data)) Folders.delete(data);
      return true;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /// The programs of a release, as a compressed archive.
  public static InputStream binaries(int major) throws IOException {
    return binaries(Integer.toString(major));
  }

  private static InputStream binaries(String release) throws IOException {
    var jar = Path.of("target/postgres/" + release + ".jar").toAbsolutePath();
    try (var files = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of())) {
      var archive = files.getPath("/postgres-linux-x86_64.txz");
      return new ByteArrayInputStream(Files.readAllBytes(archive));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var tree = Files.walk(from)) {
      for (var path : tree.toList()) {
        var target = to.resolve(from.relativize(path).toString());
        try {
          Files.copy(path, target, StandardCopyOption.COPY_ATTRIBUTES);
        } catch (NoSuchFileException e) {
          // a file of a running server may go while we copy; recovery makes up for it
        }
      }
    }
  }
}
