package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.engine.postgresql.Visitor;
import dev.backingservice.sandbox.Pki;
import dev.backingservice.sandbox.Relay;
import dev.backingservice.sandbox.Sandbox;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateFactory;
import java.sql.DriverManager;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Certificates of both sides, used as clients use them: from the files of the binding.
class TlsIT {
  private static final String STORE_PASSWORD = "changeit";
  private static final String ADMIT = "allowedNamespaces: {from: All}";

  @Test
  void aServerThatDemandsClientCertificatesGetsThemFromTheUrl(@TempDir Path files)
      throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    blue.demandClientCertificates(text(stage, "backing-service-authority", "tls.crt"));
    stage.sandbox.apply(
        server(
            stage,
            blue.port(),
            "{ca: {secretName: %s-ca}, clientCertificate: Required}".formatted(stage.blue)));

    // When
    stage.attached(stage.blue, "");

    // Then
    assertThat(stage.bound("uri"))
        .contains("&sslcert=/bindings/orders-db/tls.crt&sslkey=/bindings/orders-db/tls.key");
    Client.of(stage, files).connect();
    assertThat(Visitor.visit(files)).contains("logged in as " + stage.bound("username"));
    assertThatThrownBy(() -> stage.session(blue))
        .hasMessageContaining("requires a valid client certificate");
  }

  @Test
  void aServerThatBeginsToDemandClientCertificatesKeepsItsServices(@TempDir Path files)
      throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    stage.attached(stage.blue, "workloads: [{kind: Deployment, name: orders}]");
    assertThat(stage.bound("uri")).doesNotContain("sslcert");
    assertThat(keysAreStrict(stage)).isFalse();

    // When
    stage.sandbox.apply(
        server(
            stage,
            blue.port(),
            "{ca: {secretName: %s-ca}, clientCertificate: Required}".formatted(stage.blue)));

    // Then: a new epoch, so that whoever holds the URL in its environment gets the new one
    stage.eventually(
        () -> assertThat(stage.bound("uri")).contains("&sslkey=/bindings/orders-db/tls.key"));
    stage.eventually(() -> assertThat(stage.bound("username")).endsWith("_b"));

    // When
    blue.demandClientCertificates(text(stage, "backing-service-authority", "tls.crt"));

    // Then
    Client.of(stage, files).connect();
    stage.eventually("Available", "True/Available");
    stage.eventually(() -> assertThat(keysAreStrict(stage)).isTrue());
  }

  /// Whether the files of private keys have a mode of their own in the pod template.
  private static boolean keysAreStrict(Stage stage) {
    var volumes = stage.template().getSpec().getVolumes();
    return volumes.getFirst().getProjected().getSources().size() == 2;
  }

  @Test
  void anotherBundleReachesTheFilesWithoutARollout() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    stage.attached(stage.blue, "workloads: [{kind: Deployment, name: orders}]");
    var epoch = stage.status().active().epoch();
    var template = stage.template();
    assertThat(keysAreStrict(stage)).isFalse();
    var bundle = stage.sandbox.anchor() + new Pki().anchor();

    // When
    stage.sandbox.secret(stage.blue + "-ca", Map.of("ca.crt", bundle));

    // Then
    stage.eventually(() -> assertThat(stage.bound("ca.crt").split("BEGIN CERTIFICATE")).hasSize(3));
    stage.eventually("Ready", "True/Ready");
    assertThat(stage.status().active().epoch()).isEqualTo(epoch);
    assertThat(stage.template()).isEqualTo(template);
  }

  /// The same login, two swaps later.
  @Test
  void aClientCertificateOfARetiredEpochDoesNotComeBackToLife(@TempDir Path files)
      throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    blue.demandClientCertificates(text(stage, "backing-service-authority", "tls.crt"));
    stage.sandbox.apply(
        server(
            stage,
            blue.port(),
            "{ca: {secretName: %s-ca}, clientCertificate: Required}".formatted(stage.blue)));
    stage.attached(stage.blue, "");
    var first = Client.of(stage, Files.createDirectory(files.resolve("first")));
    stage.swap(stage.green);
    stage.eventuallyOn(stage.green);
    stage.swap(stage.blue);
    stage.eventuallyOn(stage.blue);
    stage.eventually("Ready", "True/Ready");
    var third = Client.of(stage, Files.createDirectory(files.resolve("third")));
    assertThat(third.user).isEqualTo(first.user);

    // Then: the login has another password
    third.connect();
    assertThatThrownBy(first::connect).hasMessageContaining("password authentication failed");

    // When
    blue.admitByCertificate("CN=%s,OU=epoch 3".formatted(third.user), third.user);

    // Then: the certificate names another epoch
    third.connect();
    assertThatThrownBy(first::connect).hasMessageContaining("certificate authentication failed");
  }

  @Test
  void aCertificateForAServerIsNoneForAClientAndTheOtherWayRound(@TempDir Path files)
      throws Exception {
    // Given
    var stage = new Stage();
    var blue = Stage.tables(stage.sandbox.database(stage.blue, 17).withDatabase("orders"));
    stage.sandbox.apply(
        server(
            stage,
            blue.port(),
            "{serverCertificate: {secretName: %s-tls, dnsNames: [127.0.0.1, localhost]}}"
                .formatted(stage.blue)));
    var secret = stage.blue + "-tls";
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(stage.blue, "Ready"))
                .isEqualTo("False/CertificateNotTrusted"));
    blue.present(text(stage, secret, "tls.crt"), text(stage, secret, "tls.key"));
    stage.attached(stage.blue, "");
    var client = Client.of(stage, files);
    client.connect();

    // When: somebody with a client certificate takes the server's place
    blue.present(stage.bound("tls.crt"), stage.bound("tls.key"));

    // Then
    assertThatThrownBy(client::connect).rootCause().isInstanceOf(CertPathBuilderException.class);

    // When: the server demands certificates, and another server shows its own
    blue.present(text(stage, secret, "tls.crt"), text(stage, secret, "tls.key"));
    blue.demandClientCertificates(text(stage, "backing-service-authority", "tls.crt"));

    // Then
    client.showing(stage.bound("tls.crt"), stage.bound("tls.key")).connect();
    assertThatThrownBy(
            client.showing(text(stage, secret, "tls.crt"), text(stage, secret, "tls.key"))::connect)
        .hasMessageContaining("requires a valid client certificate");
  }

  @Test
  void aServerWithoutACertificateOfItsOwnGetsOne(@TempDir Path files) throws Exception {
    // Given
    var stage = new Stage();
    var blue = Stage.tables(stage.sandbox.database(stage.blue, 17).withDatabase("orders"));

    // When
    stage.sandbox.apply(
        server(
            stage,
            blue.port(),
            "{serverCertificate: {secretName: %s-tls, dnsNames: [127.0.0.1, localhost]}}"
                .formatted(stage.blue)));

    // Then
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(stage.blue, "Ready"))
                .isEqualTo("False/CertificateNotTrusted"));
    var secret = stage.blue + "-tls";
    blue.present(text(stage, secret, "tls.crt"), text(stage, secret, "tls.key"));
    stage.attached(stage.blue, "");
    Client.of(stage, files).connect();
  }

  @Test
  void anApplicationTrustsTheAuthorityOfTheAddressThatItConnectsToAndNoOther(@TempDir Path files)
      throws Exception {
    var other = new Pki();
    try (var sandbox = Sandbox.start()) {
      // Given: both authorities are the system's, and the administrator logged in under the first
      var store = systemStore(files, sandbox.anchor(), other.anchor());
      sandbox.startOperator(
          Map.of(
              "BACKING_DRIFT_INTERVAL",
              "2s",
              "JAVA_TOOL_OPTIONS",
              "-Djavax.net.ssl.trustStore=%s -Djavax.net.ssl.trustStorePassword=%s"
                  .formatted(store, STORE_PASSWORD)));
      var stage = new Stage(sandbox);
      var blue = Stage.tables(sandbox.database(stage.blue, 17).withDatabase("orders"));
      sandbox.apply(server(stage, blue.port(), "{}"));
      stage.eventually(
          () -> assertThat(sandbox.serverCondition(stage.blue, "Ready")).isEqualTo("True/Ready"));
      other.issue(files, "127.0.0.1", "localhost");
      blue.present(
          Files.readString(files.resolve("server.crt")),
          Files.readString(files.resolve("server.key")));

      // When
      stage.attached(stage.blue, "");

      // Then
      assertThat(stage.bound("ca.crt")).isEqualTo(other.anchor());
      Client.of(stage, files).connect();

      // When
      sandbox.pki().issue(files, "127.0.0.1", "localhost");
      blue.present(
          Files.readString(files.resolve("server.crt")),
          Files.readString(files.resolve("server.key")));

      // Then
      stage.eventually(() -> assertThat(stage.bound("ca.crt")).isEqualTo(sandbox.anchor()));
      Client.of(stage, files).connect();
    }
  }

  /// What `-Djavax.net.ssl.trustStore` names.
  private static Path systemStore(Path folder, String... anchors) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null);
    var x509 = CertificateFactory.getInstance("X.509");
    for (var anchor : anchors) {
      var text = new ByteArrayInputStream(anchor.getBytes(StandardCharsets.US_ASCII));
      store.setCertificateEntry("anchor-" + store.size(), x509.generateCertificate(text));
    }
    var file = folder.resolve("system.p12");
    try (var out = Files.newOutputStream(file)) {
      store.store(out, STORE_PASSWORD.toCharArray());
    }
    return file;
  }

  @Test
  void aCertificateSecretThatIsNotOursIsNeverTouched() throws Exception {
    // Given
    var stage = new Stage();
    stage.sandbox.secret(stage.blue + "-tls", Map.of("mine", "yes"));
    stage.sandbox.register(stage.blue, 1);

    // When
    stage.sandbox.apply(
        server(
            stage,
            1,
            "{serverCertificate: {secretName: %s-tls, dnsNames: [127.0.0.1]}}"
                .formatted(stage.blue)));

    // Then
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(stage.blue, "Ready"))
                .isEqualTo("False/SecretNotOwned"));
    assertThat(text(stage, stage.blue + "-tls", "mine")).isEqualTo("yes");
  }

  @Test
  void theCheckOfHelmTestFollowsTheBindingAndDoesNotWaitForEver(@TempDir Path files)
      throws Exception {
    // Given
    var stage = new Stage();
    var blue = Stage.tables(stage.sandbox.database(stage.blue, 17).withDatabase("orders"));
    var relay = stage.sandbox.with(new Relay("::1", 0, blue.port()));
    stage.sandbox.apply(
        server(
                stage,
                relay.port(),
                "{mode: VerifyCA, ca: {secretName: %s-ca}}".formatted(stage.blue))
            .replace("host: 127.0.0.1", "posture: {refuse: Nothing}\n  host: \"::1\""));
    stage.attached(stage.blue, "");
    Client.of(stage, files);

    // Then
    assertThat(Visitor.visit(files)).contains("logged in as " + stage.bound("username"));

    // When
    relay.hang();

    // Then
    assertThatThrownBy(() -> Visitor.visit(files)).isInstanceOf(IOException.class);
  }

  /// A client of a binding that it keeps as it was mounted.
  private record Client(Path files, String url, String user, String password) {
    static Client of(Stage stage, Path files) throws IOException {
      for (var entry : stage.secret().getData().entrySet())
        Files.write(files.resolve(entry.getKey()), Base64.getDecoder().decode(entry.getValue()));
      return new Client(
          files,
          stage.bound("jdbc-url").replace("/bindings/orders-db", files.toString()),
          stage.bound("username"),
          stage.bound("password"));
    }

    /// The same client with this certificate.
    Client showing(String certificate, String key) throws IOException {
      var body = key.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
      Files.write(files.resolve("tls.pk8"), Base64.getDecoder().decode(body));
      Files.writeString(files.resolve("shown.crt"), certificate);
      return new Client(
          files,
          url + "&sslcert=%1$s/shown.crt&sslkey=%1$s/tls.pk8".formatted(files),
          user,
          password);
    }

    /// As a JDBC client does.
    void connect() throws Exception {
      for (var key : List.of("tls.key", "tls.pk8"))
        if (Files.exists(files.resolve(key)))
          Files.setPosixFilePermissions(
              files.resolve(key), PosixFilePermissions.fromString("rw-------"));
      var login = new Properties();
      login.setProperty("user", user);
      login.setProperty("password", password);
      try (var connection = DriverManager.getConnection(url, login)) {
        assertThat(connection.isValid(2)).isTrue();
      }
    }
  }

  private static String server(Stage stage, int port, String tls) {
    return Sandbox.server(stage.blue, port, tls, ADMIT);
  }

  private static String text(Stage stage, String secret, String key) {
    var found =
        stage.sandbox.admin().secrets().inNamespace(Sandbox.NAMESPACE).withName(secret).get();
    return new String(Base64.getDecoder().decode(found.getData().get(key)), StandardCharsets.UTF_8);
  }
}
