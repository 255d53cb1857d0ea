package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.api.BackingService;
import dev.backingservice.sandbox.Mail;
import dev.backingservice.sandbox.Postfix;
import dev.backingservice.sandbox.Processes;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import jakarta.mail.AuthenticationFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Two relays whose accounts somebody else makes: services move between them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmtpIT {
  private final Path folder = temporary();
  private Stage stage = new Stage();
  private Postfix blue;
  private Postfix green;

  private static Path temporary() {
    try {
      return Files.createTempDirectory("backing-smtp-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeAll
  void start() throws Exception {
    blue = Postfix.start("blue", folder, stage.sandbox.pki());
    green = Postfix.start("green", folder, stage.sandbox.pki());
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
    for (var relay : List.of(blue, green)) relay.account(Postfix.USER, "first");
    register(stage.blue, blue.port(), "StartTLS");
    register(stage.green, green.implicitPort(), "Implicit");
    hand("first");
  }

  private void register(String name, int port, String handshake) {
    stage.sandbox.secret(name + "-ca", Map.of("ca.crt", stage.sandbox.anchor()));
    stage.sandbox.apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingServer
        metadata: {name: %1$s}
        spec:
          engine: SMTP
          host: 127.0.0.1
          port: %2$d
          tls: {ca: {secretName: %1$s-ca}, handshake: %3$s}
          allowedNamespaces: {from: All}
        """
            .formatted(name, port, handshake));
  }

  private void hand(String password) {
    hand("mail-user", Postfix.USER, password);
  }

  /// What the tenant hands over.
  private void hand(String secret, String user, String password) {
    stage
        .sandbox
        .admin()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(secret)
                .withNamespace(stage.namespace)
                .endMetadata()
                .withStringData(Map.of("username", user, "password", password))
                .build())
        .serverSideApply();
  }

  private void apply(String sender) {
    apply(stage.service, sender, "mail-user");
  }

  private void apply(String name, String sender, String secret) {
    stage.sandbox.develop(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: %s, namespace: %s}
        spec:
          server: %s
          rotation: {overlap: 0s}
          smtp: {sender: %s, credentialsSecretName: %s}
        """
            .formatted(name, stage.namespace, stage.blue, sender, secret));
  }

  private void attached() {
    apply(Postfix.SENDER);
    stage.eventually("Ready", "True/Ready");
  }

  private void send(String subject) throws Exception {
    try (var mail =
        Mail.connect(
            stage.bound("ca.crt"),
            stage.bound("uri"),
            stage.bound("username"),
            stage.bound("password"))) {
      mail.send(stage.bound("sender"), "postmaster@example.org", subject);
    }
  }

  @Test
  void manyInventedAccountsAreNotTriedAndWhatWorksGoesOn() throws Exception {
    // Given
    attached();

    // When
    for (int i = 0; i < 13; i++) {
      var name = "invented-" + i;
      hand(name + "-user", name, "x");
      apply(name, Postfix.SENDER, name + "-user");
    }

    // Then
    stage.eventually(() -> assertThat(told("refuses the login")).isEqualTo(10));
    stage.eventually(() -> assertThat(told("has refused many logins")).isEqualTo(3));
    stage.annotate("backingservice.dev/retry", "1");
    assertThat(stage.condition("Available")).isEqualTo("True/Available");
    send("still");
  }

  /// How many services of the namespace say so.
  private long told(String words) {
    return stage
        .sandbox
        .admin()
        .resources(BackingService.class)
        .inNamespace(stage.namespace)
        .list()
        .getItems()
        .stream()
        .filter(s -> s.getStatus().conditions().stream().anyMatch(c -> c.message().contains(words)))
        .count();
  }

  @Test
  void whatIsHandedOverIsPublishedOnceItMaySend(@TempDir Path root) throws Exception {
    // When
    attached();

    // Then
    assertThat(stage.bound("uri"))
        .isEqualTo("smtp://orders:first@127.0.0.1:%d?requireTLS=true".formatted(blue.port()));
    assertThat(stage.bound("starttls")).isEqualTo("true");
    assertThat(stage.secret().getType()).isEqualTo("servicebinding.io/smtp");
    assertThat(stage.status().active().login()).isEqualTo(Postfix.USER);
    assertThat(stage.status().access()).isNull();
    assertThat(stage.condition("Fenced")).isEqualTo("True/Fenced");
    var server = stage.examined(stage.blue);
    assertThat(server.getStatus().findings()).isNullOrEmpty();

    // When
    send("4711");
    var files = Files.createDirectory(root.resolve("mail"));
    for (var entry : stage.secret().getData().entrySet())
      Files.write(files.resolve(entry.getKey()), Base64.getDecoder().decode(entry.getValue()));
    Processes.run(List.of("python3", "-c", PYTHON, files.toString()));

    // Then
    assertThat(blue.written()).contains(4711L, 4712L);
  }

  /// Another ecosystem: Python's own client, which reads the mounted files.
  private static final String PYTHON =
      """
      import pathlib, smtplib, ssl, sys
      binding = {f.name: f.read_bytes() for f in pathlib.Path(sys.argv[1]).iterdir()}
      text = lambda key: binding[key].decode()
      trust = ssl.create_default_context(cadata=text('ca.crt'))
      relay = smtplib.SMTP(text('host'), int(text('port')))
      if text('starttls') == 'true': relay.starttls(context=trust)
      relay.login(text('username'), text('password'))
      relay.sendmail(text('sender'), 'postmaster@example.org', 'Subject: 4712\\n\\nhello')
      relay.quit()
      """;

  @Test
  void aPasswordThatIsRefusedIsSaidAndTheLastGoodBindingStays() throws Exception {
    // Given
    attached();

    // When
    hand("wrong");

    // Then
    stage.eventually("Provisioned", "False/LoginRefused");
    assertThat(stage.condition("Available")).isEqualTo("True/Available");
    assertThat(stage.bound("password")).isEqualTo("first");

    // When
    for (var relay : List.of(blue, green)) relay.account(Postfix.USER, "second");
    hand("second");

    // Then
    stage.eventually(() -> assertThat(stage.bound("password")).isEqualTo("second"));
    stage.eventually("Ready", "True/Ready");
    stage.eventually(
        () -> assertThat(stage.status().history().getFirst().reason()).isEqualTo("Rotated"));
  }

  @Test
  void aSenderThatIsSomebodyElsesIsSaidAndAnotherOneIsANewEpoch() throws Exception {
    // Given
    apply("boss@example.org");
    stage.eventually("Provisioned", "False/LoginRefused");
    assertThat(stage.message("Provisioned")).contains("correct smtp.sender");
    assertThat(stage.secret()).isNull();

    // When
    stage.patch("{\"spec\":{\"smtp\":{\"sender\":\"%s\"}}}".formatted(Postfix.SENDER));

    // Then
    stage.eventually("Ready", "True/Ready");

    // When
    blue.alsoSends("billing@example.org");
    stage.patch("{\"spec\":{\"smtp\":{\"sender\":\"billing@example.org\"}}}");

    // Then
    stage.eventually(() -> assertThat(stage.bound("sender")).isEqualTo("billing@example.org"));
    stage.eventually(
        () -> assertThat(stage.status().history().getFirst().reason()).isEqualTo("Repointed"));
    send("4713");
  }

  @Test
  void anEditMovesTheBindingThoughNobodyCanFence() throws Exception {
    // Given
    attached();
    var old = stage.bound("uri");

    // When
    stage.swap(stage.green);

    // Then
    stage.eventuallyOn(stage.green);
    stage.eventually("Ready", "True/Ready");
    assertThat(stage.bound("uri"))
        .isEqualTo("smtps://orders:first@127.0.0.1:" + green.implicitPort());
    assertThat(stage.bound("starttls")).isEqualTo("false");
    assertThat(stage.status().history().getFirst().fence()).isEqualTo("NotSupported");
    assertThat(stage.condition("Fenced")).isEqualTo("Unknown/NotSupported");
    assertThat(stage.message("Fenced")).contains(stage.blue);
    send("4714");
    assertThat(green.written()).contains(4714L);
    Mail.connect(stage.bound("ca.crt"), old, Postfix.USER, "first").close();
  }

  @Test
  void aTargetThatRefusesTheAccountLeavesTheBindingAsItIs() throws Exception {
    // Given
    attached();
    green.account(Postfix.USER, "another");

    // When
    stage.swap(stage.green);

    // Then
    stage.eventually("Provisioned", "False/LoginRefused");
    assertThat(stage.status().active().server()).isEqualTo(stage.blue);
    send("4715");
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () ->
                    Mail.connect(
                            stage.bound("ca.crt"),
                            "smtps://127.0.0.1:" + green.implicitPort(),
                            Postfix.USER,
                            "first")
                        .close()))
        .isInstanceOf(AuthenticationFailedException.class);
  }

  @Test
  void aRelayThatHangsIsLeft() throws Exception {
    // Given
    attached();

    // When
    try (var _ = blue.frozen()) {
      stage.swap(stage.green);

      // Then
      stage.eventuallyOn(stage.green);
    }

    // When
    stage.patch("{\"spec\":{\"state\":\"Detached\"}}");

    // Then
    stage.eventually("Ready", "False/Detached");
    stage.eventually(() -> assertThat(stage.secret()).isNull());
    stage.sandbox.delete(stage.namespace, stage.service);
    stage.eventually(
        () -> assertThat(stage.sandbox.service(stage.namespace, stage.service)).isNull());
  }
}
