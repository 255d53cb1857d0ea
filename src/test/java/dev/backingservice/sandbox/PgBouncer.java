package dev.backingservice.sandbox;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One real PgBouncer in front of a server: TLS on both sides, and logins are looked up there.
public final class PgBouncer implements AutoCloseable {
  private final int port = Ports.free();
  private final Path folder;
  private Process process;

  private PgBouncer(Path folder) {
    this.folder = folder;
  }

  /// Installs the package where it is missing.
  ///
  /// @param database that the server has
  /// @param mode such as `session`
  public static PgBouncer start(
      String name, Path in, Pki pki, Postgres server, String database, String mode)
      throws Exception {
    Processes.run(List.of("operator/sandbox/packages.sh", "pgbouncer=pgbouncer"));
    var pooler = new PgBouncer(Files.createDirectories(in.resolve(name)));
    pki.issue(pooler.folder, "127.0.0.1", "localhost");
    pooler.write("ca.crt", pki.anchor());
    pooler.write("users.txt", "\"pooler\" \"pooler\"\n");
    pooler.write("pgbouncer.ini", pooler.settings(server.port(), mode));
    lookUp(server, database);
    pooler.begin(in);
    return pooler;
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  /// Clients prove their passwords to the pooler with SCRAM, and the pooler proves them to the
  /// server with what it learnt. Superusers and logins that are locked are nobody's.
  private static void lookUp(Postgres server, String database) throws SQLException {
    server.execute(
        "postgres",
        "CREATE ROLE pooler LOGIN PASSWORD 'pooler'",
        "GRANT CONNECT ON DATABASE %s TO pooler".formatted(database));
    server.execute(
        database,
        "CREATE SCHEMA pooler AUTHORIZATION postgres",
        """
        CREATE FUNCTION pooler.lookup(name) RETURNS TABLE (usename name, passwd text)
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
        AS 'SELECT rolname, rolpassword FROM pg_authid WHERE rolname = $1 AND rolcanlogin AND NOT rolsuper'
        """,
        "REVOKE ALL ON FUNCTION pooler.lookup FROM PUBLIC",
        "GRANT USAGE ON SCHEMA pooler TO pooler",
        "GRANT EXECUTE ON FUNCTION pooler.lookup TO pooler");
  }

  private String settings(int server, String mode) {
    return """
        [databases]
        * = host=127.0.0.1 port=%1$d
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %2$d
        unix_socket_dir =
        pool_mode = %3$s
        query_wait_timeout = 5
        auth_type = scram-sha-256
        auth_file = %4$s/users.txt
        auth_user = pooler
        auth_query = SELECT usename, passwd FROM pooler.lookup($1)
        client_tls_sslmode = require
        client_tls_cert_file = %4$s/server.crt
        client_tls_key_file = %4$s/server.key
        server_tls_sslmode = verify-full
        server_tls_ca_file = %4$s/ca.crt
        """
        .formatted(server, port, mode, folder);
  }

  private void begin(Path in) throws Exception {
    var command = new ArrayList<String>();
    if (Processes.root()) {
      Processes.run(List.of("chmod", "755", in.toString()));
      Processes.run(List.of("chown", "-R", "postgres:postgres", folder.toString()));
      command.addAll(Processes.as("postgres"));
    }
    command.addAll(List.of("/usr/sbin/pgbouncer", folder.resolve("pgbouncer.ini").toString()));
    process = Processes.start(in.resolve(folder.getFileName() + ".log"), Map.of(), command);
    Waiting.until("the pooler listens", this::listens);
  }

  private boolean listens() {
    try (var socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    Processes.stop(process, 10);
  }
}
