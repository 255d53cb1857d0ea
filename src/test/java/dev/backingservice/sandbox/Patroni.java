package dev.backingservice.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/// Two PostgreSQL servers that Patroni keeps, with etcd, and HAProxy in front of them: one port
/// leads to the primary, another one to the standby.
public final class Patroni implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Path SERVERS = Path.of("/usr/lib/postgresql");

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private final Path folder;
  private final List<Node> nodes = List.of(new Node("a"), new Node("b"));
  private final List<Process> processes = new ArrayList<>();
  private final int etcd = Ports.free();
  private final int primary = Ports.free();
  private final int standby = Ports.free();

  private Patroni(Path folder) {
    this.folder = folder;
  }

  /// One of the two.
  private record Node(String name, int port, int rest) {
    Node(String name) {
      this(name, Ports.free(), Ports.free());
    }

    @Override
    public String toString() {
      return "http://127.0.0.1:" + rest;
    }
  }

  /// Installs the packages where they are missing, and returns when one follows the other.
  public static Patroni start(String name, Path in, Pki pki) throws Exception {
    Processes.run(
        List.of(
            "operator/sandbox/packages.sh",
            "patroni=patroni",
            "haproxy=haproxy",
            "pg_ctlcluster=postgresql"));
    var pair = new Patroni(Files.createDirectories(in.resolve(name)));
    pki.issue(pair.folder, "127.0.0.1", "localhost");
    for (var node : pair.nodes) pair.configure(node);
    Files.writeString(pair.folder.resolve("haproxy.cfg"), pair.balancer());
    Processes.run(List.of("chmod", "755", in.toString()));
    if (Processes.root())
      Processes.run(List.of("chown", "-R", "postgres:postgres", pair.folder.toString()));
    Processes.run(List.of("chmod", "600", pair.folder.resolve("server.key").toString()));
    Runtime.getRuntime().addShutdownHook(new Thread(pair::close));
    pair.run();
    return pair;
  }

  private void run() throws Exception {
    var bin = Path.of(Processes.lastLine(List.of("operator/sandbox/control-plane.sh")));
    var client = "http://127.0.0.1:" + etcd;
    var peer = "http://127.0.0.1:" + Ports.free();
    begin(
        "etcd",
        List.of(
            bin.resolve("etcd").toString(),
            "--data-dir=" + folder.resolve("etcd"),
            "--unsafe-no-fsync",
            "--listen-client-urls=" + client,
            "--advertise-client-urls=" + client,
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=default=" + peer));
    begin("haproxy", List.of("haproxy", "-db", "-f", folder.resolve("haproxy.cfg").toString()));
    for (var node : nodes) begin("patroni-" + node.name, own("patroni", file(node).toString()));
    Waiting.until("one of the pair leads", PATIENCE, () -> !leader().isEmpty());
    try (var connection = superuser("postgres");
        var statement = connection.createStatement()) {
      for (var sql : Postgres.administrator())
        if (!sql.contains("replicator")) statement.execute(sql);
    }
    Waiting.until("the other one follows", PATIENCE, this::followed);
  }

  private void begin(String name, List<String> command) {
    var log = folder.resolveSibling(folder.getFileName() + "-" + name + ".log");
    processes.add(Processes.start(log, folder, Map.of("HOME", folder.toString()), command));
  }

  /// By the account `postgres`, which may own servers.
  private static List<String> own(String... command) throws IOException, InterruptedException {
    var all = new ArrayList<String>();
    if (Processes.root()) all.addAll(Processes.as("postgres"));
    all.addAll(List.of(command));
    return all;
  }

  private Path file(Node node) {
    return folder.resolve(node.name + ".yaml");
  }

  private void configure(Node node) throws IOException {
    Files.writeString(
        file(node),
        """
        scope: orders
        name: %1$s
        restapi: {listen: "127.0.0.1:%2$d", connect_address: "127.0.0.1:%2$d"}
        etcd3: {hosts: "127.0.0.1:%3$d"}
        bootstrap:
          dcs:
            ttl: 20
            loop_wait: 1
            retry_timeout: 3
            postgresql:
              use_pg_rewind: false
              parameters: {max_connections: 100, max_worker_processes: 8, password_encryption: scram-sha-256}
          initdb: [{encoding: UTF8}, {locale: C}]
        postgresql:
          listen: "127.0.0.1:%4$d"
          connect_address: "127.0.0.1:%4$d"
          data_dir: %5$s/%1$s
          bin_dir: %6$s
          pgpass: %5$s/%1$s.pgpass
          authentication:
            superuser: {username: postgres, password: postgres}
            replication: {username: replicator, password: replicator}
          parameters:
            ssl: "on"
            ssl_cert_file: %5$s/server.crt
            ssl_key_file: %5$s/server.key
            fsync: "off"
            unix_socket_directories: %5$s
          pg_hba:
          - host all postgres 127.0.0.1/32 trust
          - local all all reject
          - hostssl replication replicator 127.0.0.1/32 scram-sha-256
          - hostssl all all 127.0.0.1/32 scram-sha-256
        """
            .formatted(node.name, node.rest, etcd, node.port, folder, programs()));
  }

  private static Path programs() throws IOException {
    try (var versions = Files.list(SERVERS)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
          .max(
              Comparator.comparingInt(
                  bin -> Integer.parseInt(bin.getParent().getFileName().toString())))
          .orElseThrow(() -> new IllegalStateException("no PostgreSQL server in " + SERVERS));
    }
  }

  private String balancer() {
    var servers = new StringBuilder();
    for (var node : nodes)
      servers.append(
          "  server %s 127.0.0.1:%d check port %d\n".formatted(node.name, node.port, node.rest));
    var listen =
        """
        listen %s
          bind 127.0.0.1:%d
          option httpchk GET /%s
          http-check expect status 200
          default-server inter 300ms fall 2 rise 1 on-marked-down shutdown-sessions
        %s
        """;
    return """
        defaults
          mode tcp
          timeout connect 2s
          timeout client 1h
          timeout server 1h
          timeout check 1s
        """
        + listen.formatted("primary", primary, "primary", servers)
        + listen.formatted("standby", standby, "replica", servers);
  }

  /// Where HAProxy leads to the primary.
  public int primaryPort() {
    return primary;
  }

  /// Where HAProxy leads to the standby.
  public int standbyPort() {
    return standby;
  }

  /// The name of the node that leads; empty while none does.
  public String leader() throws InterruptedException {
    for (var node : nodes)
      if (state(node).path("role").asText().matches("master|primary")) return node.name;
    return "";
  }

  private boolean followed() throws InterruptedException {
    for (var node : nodes)
      if (state(node).path("role").asText().equals("replica")
          && state(node).path("state").asText().equals("running")) return true;
    return false;
  }

  private JsonNode state(Node node) throws InterruptedException {
    try {
      var request = HttpRequest.newBuilder(URI.create(node + "/patroni")).build();
      return JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException e) {
      return JSON.createObjectNode();
    }
  }

  /// Makes the standby the primary, and the other way round. Patroni refuses it on a busy machine,
  /// where the candidate does not answer at once.
  public void switchover() throws Exception {
    var from = leader();
    var to = from.equals("a") ? "b" : "a";
    Waiting.until("a switchover", PATIENCE, () -> leader().equals(to) || taken(from, to));
    Waiting.until("the other one leads", PATIENCE, () -> leader().equals(to));
    Waiting.until("the former primary follows", PATIENCE, this::followed);
  }

  private boolean taken(String from, String to) throws IOException, InterruptedException {
    var body = "{\"leader\": \"%s\", \"candidate\": \"%s\"}".formatted(from, to);
    var request =
        HttpRequest.newBuilder(URI.create(nodes.get(from.equals("a") ? 0 : 1) + "/switchover"))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
  }

  /// A superuser's session on the primary.
  public Connection superuser(String database) throws SQLException, InterruptedException {
    int at = nodes.get(leader().equals("b") ? 1 : 0).port;
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s?sslmode=disable".formatted(at, database),
        "postgres",
        "");
  }

  public void execute(String database, String... statements) throws Exception {
    try (var connection = superuser(database);
        var statement = connection.createStatement()) {
      for (var sql : statements) statement.execute(sql);
    }
  }

  /// A login's own session, as a workload would open it.
  public Connection login(int port, String user, String password) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("sslmode", "require");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/orders".formatted(port), properties);
  }

  /// Both servers stop; the balancer goes on.
  public void stopServers() {
    for (var process : processes.subList(2, processes.size())) Processes.stop(process, 20);
  }

  @Override
  public void close() {
    for (var process : processes.reversed()) Processes.stop(process, 20);
  }
}
