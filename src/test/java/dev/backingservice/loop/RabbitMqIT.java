package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import dev.backingservice.sandbox.ControlPlane;
import dev.backingservice.sandbox.Ledger;
import dev.backingservice.sandbox.Processes;
import dev.backingservice.sandbox.Rabbitmq;
import dev.backingservice.sandbox.Rabbitmq.Product;
import dev.backingservice.sandbox.Writer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.cloud.bindings.Bindings;
import org.springframework.cloud.bindings.boot.BindingsPropertiesProcessor;
import org.springframework.core.env.StandardEnvironment;

/// Two brokers of different versions: services move between them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RabbitMqIT {
  private final Path folder = temporary();
  private Stage stage = new Stage();
  private Rabbitmq blue;
  private Rabbitmq green;
  private String prefix = "";
  private String host = "";

  private static Path temporary() {
    try {
      return Files.createTempDirectory("backing-rabbitmq-");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @BeforeAll
  void start() throws Exception {
    blue = Rabbitmq.start(Product.RABBITMQ_3, "blue", folder, stage.sandbox.pki());
    green = Rabbitmq.start(Product.RABBITMQ_4, "green", folder, stage.sandbox.pki());
    for (var broker : List.of(blue, green)) {
      broker.queue("/", Rabbitmq.WRITES);
      broker.settle();
    }
  }

  @AfterAll
  void stop() throws IOException {
    blue.close();
    green.close();
    Files.deleteIfExists(folder);
  }

  @BeforeEach
  void register() throws Exception {
    stage = new Stage();
    prefix = stage.namespace + "-";
    host = stage.namespace;
    for (var broker : List.of(blue, green)) broker.virtualHost(host);
    register(stage.blue, blue);
    register(stage.green, green);
  }

  private void register(String name, Rabbitmq broker) {
    register(name, "127.0.0.1", broker);
  }

  private void register(String name, String address, Rabbitmq broker) {
    stage.sandbox.secret(name + "-ca", Map.of("ca.crt", stage.sandbox.anchor()));
    stage.sandbox.secret(
        name + "-admin", Map.of("username", Rabbitmq.ADMIN, "password", Rabbitmq.ADMIN_PASSWORD));
    stage.sandbox.apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingServer
        metadata: {name: %1$s}
        spec:
          engine: RabbitMQ
          host: %4$s
          port: %2$d
          admin: {secretName: %1$s-admin, endpoint: {host: %4$s, port: %3$d}}
          tls: {ca: {secretName: %1$s-ca}}
          allowedNamespaces: {from: All}
        """
            .formatted(name, broker.port(), broker.managementPort(), address));
  }

  private void apply(String block, String more) {
    stage.sandbox.develop(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: %s, namespace: %s}
        spec:
          server: %s
          rabbitmq: %s
        %s
        """
            .formatted(stage.service, stage.namespace, stage.blue, block, more));
  }

  private void attached() throws Exception {
    for (var broker : List.of(blue, green)) broker.queue(host, prefix + "in");
    apply("{vhost: %s, prefix: %s}".formatted(host, prefix), "");
    stage.eventually("Ready", "True/Ready");
  }

  private Connection session(Rabbitmq broker) throws Exception {
    return broker.connect(stage.bound("username"), stage.bound("password"), host);
  }

  private static void send(Connection connection, String queue, int messages) throws Exception {
    try (var channel = connection.createChannel()) {
      channel.confirmSelect();
      for (int i = 0; i < messages; i++)
        channel.basicPublish(
            "", queue, MessageProperties.MINIMAL_PERSISTENT_BASIC, new byte[] {'1'});
      channel.waitForConfirmsOrDie(5000);
    }
  }

  @Test
  void whatIsPublishedIsReadByClientsAndLogsIn(@TempDir Path root) throws Exception {
    // When
    for (var broker : List.of(blue, green)) broker.queue(host, prefix + "in");
    var named = stage.namespace + "-named"; // some clients verify no addresses
    register(named, "localhost", blue);
    apply("{vhost: %s, prefix: %s}".formatted(host, prefix), "");
    stage.patch("{\"spec\":{\"server\":\"%s\"}}".formatted(named));
    stage.eventuallyOn(named);
    stage.eventually("Ready", "True/Ready");

    // Then
    assertThat(stage.secret().getType()).isEqualTo("servicebinding.io/rabbitmq");
    assertThat(stage.bound("uri"))
        .isEqualTo(
            "amqps://%s:%s@localhost:%d/%s"
                .formatted(stage.bound("username"), stage.bound("password"), blue.port(), host));
    assertThat(stage.bound("management-uri"))
        .isEqualTo("https://localhost:" + blue.managementPort());
    assertThat(stage.bound("prefix")).isEqualTo(prefix);
    var server = stage.examined(stage.blue);
    assertThat(server.getStatus().version()).startsWith("RabbitMQ 3.");
    assertThat(server.getStatus().findings()).isNullOrEmpty();

    // When mounted as a kubelet does
    var folder = Files.createDirectory(root.resolve(stage.service));
    for (var entry : stage.secret().getData().entrySet())
      if (!entry.getKey().equals("keystore.p12"))
        Files.write(folder.resolve(entry.getKey()), Base64.getDecoder().decode(entry.getValue()));
    var spring = spring(root);

    // Then
    var address = URI.create(spring.get("spring.rabbitmq.addresses").toString());
    assertThat(address.getScheme()).as("TLS").isEqualTo("amqps");
    assertThat(spring).containsEntry("spring.rabbitmq.virtual-host", host);
    try (var connection =
        Rabbitmq.connect(
            Files.readString(folder.resolve("ca.crt")),
            address.getPort(),
            spring.get("spring.rabbitmq.username").toString(),
            spring.get("spring.rabbitmq.password").toString(),
            spring.get("spring.rabbitmq.virtual-host").toString())) {
      send(connection, prefix + "in", 1);
    }
    assertThat(commandLine(folder.resolve("ca.crt"))).isEqualTo("1");
  }

  /// The reader of this type has no public name.
  private static Map<String, Object> spring(Path root) throws ReflectiveOperationException {
    var reader =
        Class.forName("org.springframework.cloud.bindings.boot.RabbitMqBindingsPropertiesProcessor")
            .getDeclaredConstructor();
    reader.setAccessible(true);
    var properties = new HashMap<String, Object>();
    ((BindingsPropertiesProcessor) reader.newInstance())
        .process(new StandardEnvironment(), new Bindings(root.toString()), properties);
    return properties;
  }

  /// A client in C, with the URL of the binding.
  private String commandLine(Path ca) throws Exception {
    Processes.run(List.of("operator/sandbox/packages.sh", "amqp-get=amqp-tools"));
    return Processes.run(
            List.of(
                "amqp-get",
                "--url=" + stage.bound("uri"),
                "--cacert=" + ca,
                "--queue=" + prefix + "in"))
        .strip();
  }

  @Test
  void aSwapToAnotherVersionUnderAWriterLosesNothingAndTellsWhatStays() throws Exception {
    // Given
    prefix = "orders-";
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    apply("{prefix: orders-}", "  workloads: [{kind: Deployment, name: orders}]");
    stage.eventually("RolledOut", "True/RolledOut");
    assertThat(
            stage.template().getSpec().getContainers().getFirst().getEnv().stream()
                .map(e -> e.getName()))
        .contains("AMQP_URL");
    assertThat(stage.bound("uri")).endsWith("/%2F");
    try (var client = stage.sandbox.plane().client(ControlPlane.User.Admin);
        var writer = Writer.start(client, stage.namespace, stage.service, 4)) {
      stage.eventually(() -> assertThat(writer.ledger()).hasSizeGreaterThan(200));
      stage.eventually(
          () ->
              assertThat(blue.root("queues/%2F/" + Rabbitmq.WRITES).path("messages").asInt())
                  .isPositive());

      // When
      stage.swap(stage.green);

      // Then
      stage.eventuallyOn(stage.green);
      stage.eventually("RolledOut", "True/RolledOut");
      int before = writer.ledger().size();
      stage.eventually(() -> assertThat(writer.ledger()).hasSizeGreaterThan(before + 200));
      writer.close();
      var verdict = Ledger.judge(writer, blue, green);
      assertThat(verdict.lost()).isZero();
      assertThat(verdict.onOldAfterCut()).isZero();
      assertThat(verdict.onNew()).isPositive();
    }
    assertThat(stage.condition("Fenced")).isEqualTo("True/Fenced");
    assertThat(stage.status().swap().fence().result()).isEqualTo("Verified");
    assertThat(stage.status().swap().fence().messagesLeft()).isPositive();
    stage.eventually(
        () ->
            assertThat(
                    stage
                        .sandbox
                        .admin()
                        .events()
                        .v1()
                        .events()
                        .inNamespace(stage.namespace)
                        .list()
                        .getItems())
                .anyMatch(e -> e.getNote().contains("messages stay on " + stage.blue)));
  }

  @Test
  void aDeadBrokerIsLeftAndFencedWhenItIsBack() throws Exception {
    // Given
    attached();
    var old = stage.bound("username");
    var password = stage.bound("password");
    blue.stop();
    try {
      // When
      stage.swap(stage.green);

      // Then
      stage.eventuallyOn(stage.green);
      stage.eventually("Fenced", "False/OldServerUnreachable");
    } finally {
      blue.start();
    }

    // Then
    stage.eventually("Fenced", "True/Fenced");
    assertThat(refused(blue, old, password)).isTrue();
  }

  private boolean refused(Rabbitmq broker, String user, String password) throws Exception {
    try {
      broker.connect(user, password, host).abort();
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void aBrokerWithoutTheQueuesIsRefusedBeforeAnythingChanges() throws Exception {
    // Given
    attached();
    green.root("DELETE", "queues/" + host + "/" + prefix + "in", "");

    // When
    stage.swap(stage.green);

    // Then
    stage.eventually("Provisioned", "False/DatabaseDiffers");
    try (var session = session(blue)) {
      send(session, prefix + "in", 1);
    }

    // When
    green.queue(host, prefix + "in");

    // Then
    stage.eventuallyOn(stage.green);
  }

  @Test
  void whatABrokerReadsFromItsDefinitionsIsPutRight() throws Exception {
    // Given
    attached();
    var login = stage.bound("username");
    var imported =
        blue.root(
            "POST",
            "definitions",
            """
        {"users": [{"name": "%1$s", "password": "planted", "tags": "%2$s"}],
         "permissions": [{"user": "%1$s", "vhost": "%3$s", "configure": ".*", "write": ".*", "read": ".*"}]}
        """
                .formatted(login, blue.root("users/" + login).path("tags").path(0).asText(), host));
    assertThat(imported.statusCode()).as(imported.body()).isEqualTo(204);
    assertThat(refused(blue, login, stage.bound("password"))).isTrue();

    // When
    stage.patch("{\"spec\":{\"swap\":{\"retainOld\":\"23h\"}}}"); // an event

    // Then
    stage.eventually(() -> assertThat(refused(blue, login, stage.bound("password"))).isFalse());
    assertThat(blue.root("permissions/" + host + "/" + login).path("configure").asText())
        .isEqualTo("^$");
    assertThat(refused(blue, login, "planted")).isTrue();
  }

  @Test
  void aVirtualHostThatIsMissingIsSaidAndAttachedWhenItIsThere() throws Exception {
    // When
    apply("{vhost: %s-2, prefix: %s}".formatted(host, prefix), "");

    // Then
    stage.eventually("Provisioned", "False/DatabaseMissing");
    assertThat(stage.message("Provisioned")).contains("rabbitmqctl add_vhost");

    // When
    blue.virtualHost(host + "-2");

    // Then
    stage.eventually("Ready", "True/Ready");
  }

  @Test
  void twoNamesOfOneBrokerAreOne() throws Exception {
    // Given
    attached();
    var alias = stage.namespace + "-alias";
    register(alias, blue);

    // When
    stage.swap(alias);

    // Then
    stage.eventuallyOn(alias);
    stage.eventually("Ready", "True/Ready");
    assertThat(stage.status().history().getFirst().reason()).isEqualTo("Repointed");
  }

  @Test
  void whoIsDetachedIsFencedAndComesBackAndIsForgottenAtLast() throws Exception {
    // Given
    attached();
    var login = stage.bound("username");
    var password = stage.bound("password");
    var session = session(blue);

    // When
    stage.patch("{\"spec\":{\"state\":\"Detached\"}}");

    // Then
    stage.eventually("Ready", "False/Detached");
    assertThat(session.isOpen()).isFalse();
    assertThat(refused(blue, login, password)).isTrue();

    // When
    stage.patch("{\"spec\":{\"state\":\"Attached\",\"deletionPolicy\":\"Delete\"}}");
    stage.eventually("Ready", "True/Ready");
    var again = stage.bound("username");
    stage.sandbox.delete(stage.namespace, stage.service);

    // Then
    stage.eventually(
        () -> assertThat(stage.sandbox.service(stage.namespace, stage.service)).isNull());
    assertThat(blue.root("GET", "users/" + again, "").statusCode()).isEqualTo(404);
    for (var parameter : blue.root("global-parameters"))
      assertThat(parameter.path("name").asText()).doesNotContain(again);
  }
}
