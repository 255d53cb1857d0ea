package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Material;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.smtp.SmtpEngine;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Intent.Limits;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Trust;
import dev.backingservice.sandbox.Pki;
import dev.backingservice.sandbox.Ports;
import dev.backingservice.sandbox.Postfix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/// What a relay is asked: whether an account may send as its sender, and no more. A relay has no
/// accounts of the operator, so the contract of the other engines has nothing to say here.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("POSTFIX 3") // one method after another
class Postfix3IT {
  private final Pki pki = new Pki();
  private final Engine engine = new SmtpEngine();
  private Path folder;
  private Postfix relay;

  @BeforeAll
  void start() throws Exception {
    folder = Files.createTempDirectory("backing-engine-");
    relay = Postfix.start("blue", folder, pki);
    relay.account(Postfix.USER, "p:/?#ü secret");
  }

  @AfterAll
  void stop() throws IOException {
    relay.close();
    Files.deleteIfExists(folder);
  }

  private Server at(int port, String host, String anchor, Server.Start start) {
    var endpoint = new Endpoint(host, port);
    return new Server(
        "blue",
        "server-uid",
        endpoint,
        endpoint,
        "",
        "",
        new Sensitive(""),
        new Trust(Trust.Mode.VerifyFull, anchor, false),
        Server.ClientCertificate.Offered,
        start,
        Server.Promotions.Fence,
        Optional.empty(),
        Optional.empty());
  }

  private Server server() {
    return at(relay.port(), "127.0.0.1", pki.anchor(), Server.Start.ByPort);
  }

  private Server implicit() {
    return at(relay.implicitPort(), "127.0.0.1", pki.anchor(), Server.Start.Implicit);
  }

  private static Place place(String sender) {
    return new Place("blue", new Scope.Sender(sender));
  }

  private Entry knock(Server server, String user, String password, String sender)
      throws EngineException {
    return knock(engine, server, user, password, sender);
  }

  private static Entry knock(
      Engine engine, Server server, String user, String password, String sender)
      throws EngineException {
    return knockOf("shop", engine, server, user, password, sender);
  }

  private static Entry knockOf(
      String namespace, Engine engine, Server server, String user, String password, String sender)
      throws EngineException {
    var at = new Attachment(place(sender), "server-uid", user, Access.ReadWrite, 1);
    var order =
        new Order(
            new ServiceId(namespace, "orders", "uid"),
            "namespace-uid",
            place(sender),
            new Limits(1, Duration.ZERO),
            Set.of());
    return engine.knock(
        server, order, new Credential(at, new Sensitive(password), Optional.empty()));
  }

  @Test
  void whoMaySendAsItsSenderIsLetIn() throws Exception {
    for (var server : List.of(server(), implicit()))
      assertThat(knock(server, Postfix.USER, "p:/?#ü secret", Postfix.SENDER))
          .isInstanceOfSatisfying(
              Entry.LetIn.class, in -> assertThat(in.anchor()).hasValue(pki.anchor()));
    assertThat(relay.written()).as("no mail is sent").isEmpty();
  }

  @Test
  void aWrongPasswordIsRefusedAndNotTriedAgainAtOnce() throws Exception {
    var patient = new SmtpEngine();
    var refused = knock(patient, server(), Postfix.USER, "wrong", Postfix.SENDER);
    assertThat(refused).isInstanceOf(Entry.Refused.class);
    long asked = patient.calls();
    assertThat(knock(patient, server(), Postfix.USER, "wrong", Postfix.SENDER)).isEqualTo(refused);
    assertThat(patient.calls()).isEqualTo(asked);
    assertThat(knock(patient, server(), Postfix.USER, "p:/?#ü secret", Postfix.SENDER))
        .isInstanceOf(Entry.LetIn.class);
    for (var guess : List.of("1", "2", "3"))
      knock(patient, server(), Postfix.USER, guess, Postfix.SENDER);
    asked = patient.calls();
    knock(patient, server(), Postfix.USER, "4", Postfix.SENDER);
    assertThat(patient.calls()).as("who guesses waits").isEqualTo(asked);
    var owner = knockOf("mail", patient, server(), Postfix.USER, "p:/?#ü secret", Postfix.SENDER);
    assertThat(owner).as("the owner of the account does not").isInstanceOf(Entry.LetIn.class);
    asked = patient.calls();
    knock(patient, server(), Postfix.USER, "5", Postfix.SENDER);
    assertThat(patient.calls()).as("nor does that help who guesses").isEqualTo(asked);
  }

  @Test
  void aSenderThatIsSomebodyElsesIsTold() throws Exception {
    assertThat(knock(server(), Postfix.USER, "p:/?#ü secret", "boss@example.org"))
        .isInstanceOfSatisfying(
            Entry.Different.class,
            d -> {
              assertThat(d.failure().reason()).isEqualTo(Reason.LoginRefused);
              assertThat(d.failure().message())
                  .contains("boss@example.org")
                  .contains("correct smtp.sender")
                  .contains("not owned by user");
            });
  }

  private Set<Finding.Id> findings() throws EngineException {
    try (var session = engine.open(server())) {
      return session.examine().findings().stream().map(Finding::id).collect(Collectors.toSet());
    }
  }

  @Test
  void whatIsWeakAboutARelayComesAndGoes() throws Exception {
    assertThat(findings()).isEmpty();
    relay.set("smtpd_tls_auth_only", "no");
    relay.set("smtpd_tls_security_level", "may");
    relay.set("smtpd_sender_restrictions", "permit");
    relay.set("smtpd_relay_restrictions", "permit_mynetworks, reject");
    restart();
    assertThat(knock(server(), Postfix.USER, "p:/?#ü secret", Postfix.SENDER))
        .isInstanceOf(Entry.LetIn.class);
    assertThat(findings())
        .containsExactlyInAnyOrder(
            Finding.Id.OpenRelay, Finding.Id.AuthBeforeTls, Finding.Id.ForeignSenderAccepted);
    for (var setting :
        List.of(
            "smtpd_tls_auth_only",
            "smtpd_tls_security_level",
            "smtpd_sender_restrictions",
            "smtpd_relay_restrictions")) relay.set(setting, "");
    restart();
    assertThat(knock(server(), Postfix.USER, "p:/?#ü secret", Postfix.SENDER))
        .isInstanceOf(Entry.LetIn.class);
    assertThat(findings()).isEmpty();
  }

  private void restart() throws Exception {
    relay.stop();
    relay.start();
  }

  @Test
  void aRelayWithoutTlsIsGivenNoPassword() throws Exception {
    relay.set("smtpd_tls_security_level", "none");
    relay.set("smtpd_tls_auth_only", "no");
    restart();
    try {
      var failure =
          catchThrowableOfType(
              EngineException.class,
              () -> knock(server(), Postfix.USER, "p:/?#ü secret", Postfix.SENDER));
      assertThat(failure.reason()).isEqualTo(Reason.ProtocolMismatch);
      assertThat(failure.sentence()).contains("does not offer STARTTLS");
    } finally {
      relay.set("smtpd_tls_security_level", "");
      relay.set("smtpd_tls_auth_only", "");
      restart();
    }
  }

  @Test
  void whyNobodyIsLetInIsToldApart() throws Exception {
    NamesOfTests.let("named.test", "127.0.0.1");
    int port = relay.port();
    var byPort = Server.Start.ByPort;
    var reasons =
        Map.of(
            Reason.CertificateNotTrusted,
            at(port, "127.0.0.1", new Pki().anchor(), byPort),
            Reason.CertificateNameMismatch,
            at(port, "named.test", pki.anchor(), byPort),
            Reason.ServerUnreachable,
            at(Ports.free(), "127.0.0.1", pki.anchor(), byPort));
    for (var server : reasons.entrySet()) {
      var failure =
          catchThrowableOfType(EngineException.class, () -> engine.open(server.getValue()).close());
      assertThat(failure.reason()).as(failure.sentence()).isEqualTo(server.getKey());
      assertThat(failure.silent()).isEqualTo(server.getKey() == Reason.ServerUnreachable);
    }
  }

  @Test
  void aRelayThatHangsIsNotSilent() throws Exception {
    try (var _ = relay.frozen()) {
      var failure =
          catchThrowableOfType(EngineException.class, () -> engine.openAfresh(server()).close());
      assertThat(failure.silent()).isFalse();
      assertThat(failure.detail()).isEqualTo(Reason.Timeout);
    }
  }

  @Test
  void whatIsPublishedIsEncoded() {
    var material = new Material("o@x", new Sensitive("p:/?#ü s"), "/bindings/m", "", server());
    var entries = engine.entries(place(Postfix.SENDER), material);
    assertThat(entries.get("uri").reveal())
        .isEqualTo(
            "smtp://o%%40x:p%%3A%%2F%%3F%%23%%C3%%BC%%20s@127.0.0.1:%d?requireTLS=true"
                .formatted(relay.port()));
    assertThat(entries.get("starttls").reveal()).isEqualTo("true");
    var other = new Material("o", new Sensitive("p"), "/bindings/m", "", implicit());
    assertThat(engine.entries(place(Postfix.SENDER), other).get("uri").reveal())
        .isEqualTo("smtps://o:p@127.0.0.1:" + relay.implicitPort());
    assertThat(at(465, "127.0.0.1", "", Server.Start.ByPort).startsTls()).isFalse();
  }

  @Test
  void whatIsNoAddressIsRefused() {
    for (var sender :
        List.of("orders", "a b@example.org", "a@example.org>\r\nDATA", "<a@example.org>", "@x", ""))
      assertThat(engine.refusal(place(sender))).as(sender).isPresent();
    assertThat(engine.refusal(place("o.r+d-e_r's@mail.example.org".replace("'", "")))).isEmpty();
  }
}
