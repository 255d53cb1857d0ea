package dev.backingservice.cluster;

import dev.backingservice.image.Root;
import dev.backingservice.sandbox.Pki;
import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Waiting;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The platform's PostgreSQL servers, as pods.
final class Databases {
  static final String NAMESPACE = "databases";
  static final String BLUE = "orders-blue";
  static final String GREEN = "orders-green";
  static final List<String> SERVERS = List.of(BLUE, GREEN);
  private final Site site;
  private final KubernetesClient client;
  private final Pki pki = new Pki();

  Databases(Site site) {
    this.site = site;
    this.client = site.client();
  }

  /// The name by which everybody in the cluster finds a server.
  static String host(String server) {
    return server + "." + NAMESPACE + ".svc";
  }

  /// Starts both servers, each with the table of the orders.
  void start() throws Exception {
    site.kubectl()
        .apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: %s}".formatted(NAMESPACE));
    for (var server : SERVERS) deploy(server);
    for (var server : SERVERS) {
      Waiting.until(server + " answers", () -> answers(server));
      execute(server, "postgres", Postgres.administrator());
      execute(server, "postgres", Postgres.database("orders"));
      execute(
          server,
          "orders",
          List.of(
              "CREATE TABLE writes (id text PRIMARY KEY)", "ALTER TABLE writes OWNER TO bs_admin"));
    }
  }

  /// What a BackingServer needs beside its own document, in the operator's namespace.
  void credentials() {
    for (var server : SERVERS) {
      site.kubectl()
          .secret(
              server + "-admin",
              Map.of("username", Postgres.ADMIN, "password", Postgres.ADMIN_PASSWORD));
      site.kubectl().secret(server + "-ca", Map.of("ca.crt", pki.anchor()));
    }
  }

  private void deploy(String server) throws IOException {
    var folder = Files.createTempDirectory("certificate-");
    pki.issue(folder, host(server));
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(server)
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withStringData(
                    Map.of(
                        "tls.crt", Files.readString(folder.resolve("server.crt")),
                        "tls.key", Files.readString(folder.resolve("server.key"))))
                .build())
        .serverSideApply();
    Root.delete(folder);
    site.kubectl()
        .apply(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %1$s, namespace: %2$s}
            spec:
              strategy: {type: Recreate}
              selector: {matchLabels: {app: %1$s}}
              template:
                metadata: {labels: {app: %1$s}}
                spec:
                  terminationGracePeriodSeconds: 5
                  securityContext: {runAsNonRoot: true, runAsUser: 65532, fsGroup: 65532, seccompProfile: {type: RuntimeDefault}}
                  containers:
                  - name: postgres
                    image: %3$s
                    imagePullPolicy: %4$s
                    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                    readinessProbe: {tcpSocket: {port: 5432}, periodSeconds: 1}
                    volumeMounts: [{name: data, mountPath: /data}, {name: tls, mountPath: /tls}]
                  volumes: [{name: data, emptyDir: {}}, {name: tls, secret: {secretName: %1$s}}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: %1$s, namespace: %2$s}
            spec: {selector: {app: %1$s}, ports: [{port: 5432}]}
            """
                .formatted(server, NAMESPACE, site.image(Images.POSTGRES), site.pullPolicy()));
  }

  /// The machine stops: no goodbye, nothing answers.
  void kill(String server) throws Exception {
    inside(server, "busybox touch /data/dead; kill -9 $(busybox head -1 /data/db/postmaster.pid)");
  }

  /// It is there again, with everything it had.
  void revive(String server) throws Exception {
    inside(server, "busybox rm /data/dead");
  }

  private void inside(String server, String script) throws Exception {
    var said = new ByteArrayOutputStream();
    try (var run =
        client
            .pods()
            .inNamespace(NAMESPACE)
            .withName(pod(server))
            .writingOutput(said)
            .writingError(said)
            .exec("/bin/sh", "-c", "PATH=/bin; " + script)) {
      var status = run.exitCode().get(30, TimeUnit.SECONDS);
      if (status != 0) throw new IOException(server + ": " + said);
    }
  }

  private String pod(String server) {
    return client.pods().inNamespace(NAMESPACE).withLabel("app", server).list().getItems().stream()
        .filter(p -> "Running".equals(p.getStatus().getPhase()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no pod of " + server))
        .getMetadata()
        .getName();
  }

  private boolean answers(String server) throws IOException {
    try {
      return "1".equals(ask(server, "SELECT 1"));
    } catch (SQLException | IllegalStateException notYet) {
      return false;
    }
  }

  /// The orders that a server holds.
  Set<String> orders(String server) throws SQLException, IOException {
    var ids = new HashSet<String>();
    try (var forward = forward(server);
        var connection = superuser(forward, "orders");
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT id FROM writes")) {
      while (rows.next()) ids.add(rows.getString(1));
    }
    return ids;
  }

  /// One value, as text.
  String ask(String server, String query) throws SQLException, IOException {
    try (var forward = forward(server);
        var connection = superuser(forward, "postgres");
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  private void execute(String server, String database, List<String> statements)
      throws SQLException, IOException {
    try (var forward = forward(server);
        var connection = superuser(forward, database);
        var statement = connection.createStatement()) {
      for (var sql : statements) statement.execute(sql);
    }
  }

  private LocalPortForward forward(String server) {
    return client.pods().inNamespace(NAMESPACE).withName(pod(server)).portForward(5432);
  }

  private static Connection superuser(LocalPortForward forward, String database)
      throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s?sslmode=disable&connectTimeout=10&socketTimeout=20"
            .formatted(forward.getLocalPort(), database),
        "postgres",
        "");
  }
}
