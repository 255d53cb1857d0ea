package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Sandbox;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// One test's own namespace, servers and service on the shared sandbox.
final class Stage {
  static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final ThreadLocal<List<Stage>> SHARED = ThreadLocal.withInitial(ArrayList::new);
  final Sandbox sandbox;
  final String namespace = "stage-" + COUNT.incrementAndGet();
  final String blue = namespace + "-blue";
  final String green = namespace + "-green";
  final String service = "orders-db";

  Stage() {
    this(Shared.sandbox());
    SHARED.get().add(this);
  }

  /// What a test leaves on the shared sandbox goes when the test is over: a server that nobody
  /// needs is looked at all the same.
  public static final class Leaving implements AfterEachCallback {
    @Override
    public void afterEach(ExtensionContext test) throws Exception {
      var stages = SHARED.get();
      SHARED.remove();
      for (var stage : stages) stage.sandbox.forget(stage.namespace);
    }
  }

  Stage(Sandbox sandbox) {
    this.sandbox = sandbox;
    sandbox.namespace(namespace);
  }

  /// A server with database `orders` and the table that writers write.
  Postgres server(String name) throws SQLException {
    return tables(sandbox.server(name, 17).withDatabase("orders"));
  }

  /// One that the operator has looked at: what was never identified holds nobody's login.
  Postgres identified(String name) throws SQLException {
    var server = server(name);
    eventually(() -> assertThat(sandbox.serverCondition(name, "Identified")).startsWith("True"));
    return server;
  }

  /// The server once it is `Ready`. A service on it attaches without waiting for that.
  BackingServer examined(String name) {
    eventually(() -> assertThat(sandbox.serverCondition(name, "Ready")).isEqualTo("True/Ready"));
    return sandbox.backingServer(name);
  }

  static Postgres tables(Postgres server) throws SQLException {
    server.execute(
        "orders",
        "CREATE TABLE writes (id bigint PRIMARY KEY)",
        "ALTER TABLE writes OWNER TO bs_admin");
    return server;
  }

  /// Applies a service on `server` with more of the spec in YAML flow style, such as `swap:
  /// {fenceTimeout: 1s}`.
  void apply(String server, String more) {
    sandbox.develop(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: %s, namespace: %s}
        spec: {server: %s, postgresql: {database: orders}%s}
        """
            .formatted(service, namespace, server, more.isEmpty() ? "" : ", " + more));
  }

  /// Attached to blue, which then died, and swapped to green: a fence is owed.
  ///
  /// @return the lineage of blue
  String owingAFence() throws Exception {
    var dead = server(blue);
    server(green);
    attached(blue, "");
    var serverId = status().active().serverId();
    dead.stop();
    swap(green);
    eventually("Fenced", "False/OldServerUnreachable");
    return serverId;
  }

  void attached(String server, String more) {
    apply(server, more);
    eventually("Ready", "True/Ready");
  }

  void swap(String server) {
    sandbox.swap(namespace, service, server);
  }

  void patch(String merge) {
    sandbox.patch(namespace, service, merge);
  }

  void annotate(String name, String value) {
    patch("{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(name, value));
  }

  String condition(String type) {
    return sandbox.condition(namespace, service, type);
  }

  void eventually(String type, String value) {
    eventually(
        () ->
            assertThat(condition(type))
                .as(() -> type + ": " + message(type) + ended())
                .isEqualTo(value));
  }

  /// An operator that has ended reconciles nothing: why it did.
  private String ended() {
    var operator = sandbox.operator();
    if (operator.alive()) return "";
    try {
      var lines = operator.log().lines().filter(line -> !line.startsWith("\t")).toList();
      return "; the operator ended: "
          + String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    } catch (IOException e) {
      return "; the operator ended: " + e;
    }
  }

  void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).untilAsserted(assertion);
  }

  void eventuallyOn(String server) {
    eventually(
        () -> {
          assertThat(status().active()).as("active").isNotNull();
          assertThat(status().active().server()).isEqualTo(server);
        });
  }

  String message(String type) {
    return status().conditions().stream()
        .filter(c -> c.type().equals(type))
        .map(c -> c.message())
        .findFirst()
        .orElse("");
  }

  BackingServiceStatus status() {
    return sandbox.service(namespace, service).getStatus();
  }

  Secret secret() {
    return sandbox.admin().secrets().inNamespace(namespace).withName(service).get();
  }

  /// The pod template of the Deployment `orders`.
  PodTemplateSpec template() {
    return sandbox
        .admin()
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withName("orders")
        .get()
        .getSpec()
        .getTemplate();
  }

  /// A session of the published login on a server.
  Connection session(Postgres server) throws SQLException {
    return server.login("orders", bound("username"), bound("password"));
  }

  /// A session of the published login that cannot be ended: the operating system holds its
  /// backend still until it is closed.
  AutoCloseable frozen(Postgres server) throws Exception {
    var session = session(server);
    String pid;
    try (var rows = session.createStatement().executeQuery("SELECT pg_backend_pid()")) {
      rows.next();
      pid = rows.getString(1);
    }
    new ProcessBuilder("kill", "-STOP", pid).start().waitFor();
    return () -> {
      new ProcessBuilder("kill", "-CONT", pid).start().waitFor();
      session.close();
    };
  }

  /// One value of the binding.
  String bound(String key) {
    return new String(
        Base64.getDecoder().decode(secret().getData().get(key)), StandardCharsets.UTF_8);
  }

  /// kubectl as the administrator, with text on its standard input.
  void kubectl(String input, String... arguments) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                sandbox.plane().kubectl().toString(),
                "--kubeconfig",
                sandbox.kubeconfig().toString()));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  /// Whether a login may log in on a server.
  static boolean canLogin(Postgres server, String login) throws SQLException {
    return "t"
        .equals(
            server.ask(
                "postgres",
                "SELECT rolcanlogin FROM pg_roles WHERE rolname = '%s'".formatted(login)));
  }
}
