package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.postgresql.PostgresEngine;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import dev.backingservice.sandbox.Folders;
import dev.backingservice.sandbox.Pki;
import dev.backingservice.sandbox.Ports;
import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Relay;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A primary and its standby behind one name.
class SeveralAddressesIT {
  private static final String NAME = "several.test";
  private final Pki pki = new Pki();
  private final int port = Ports.free();
  private Path folder;
  private Postgres primary;
  private Postgres standby;
  private Relay first;
  private Relay second;
  private PostgresEngine engine;

  @BeforeEach
  void start() throws Exception {
    folder = Files.createTempDirectory("backing-several-");
    primary = Postgres.start("several-primary", 17, folder, pki);
    standby = Postgres.standbyOf(primary, "several-standby", folder);
    first = new Relay("127.0.0.2", port, standby.port());
    second = new Relay("127.0.0.3", port, primary.port());
    engine = new PostgresEngine(EngineContract.KEY, new FixedTerm(1), 2);
    NamesOfTests.let(NAME, "127.0.0.2", "127.0.0.3");
  }

  @AfterEach
  void stop() throws Exception {
    engine.keep(List.of());
    first.close();
    second.close();
    standby.close();
    primary.close();
    Folders.delete(folder);
  }

  @Test
  void theOneThatTakesWritesIsAdministeredAndBothAreSaid() throws Exception {
    // When
    try (var session = engine.open(server())) {
      // Then
      assertThat(session.identity().role()).isEqualTo(Identity.Role.Primary);
      assertThat(session.examine().instances()).hasSize(2);
    }
  }

  @Test
  void aStandbyIsTheVerdictWhenEveryAddressSaysSo() throws Exception {
    // Given
    try (var third = new Relay("127.0.0.4", port, standby.port())) {
      NamesOfTests.let(NAME, "127.0.0.2", third.address());

      // When
      try (var session = engine.open(server())) {
        // Then
        assertThat(session.identity().role()).isEqualTo(Identity.Role.Replica);
      }
    }
  }

  @Test
  void aStandbyDoesNotSpeakForAPrimaryThatDoesNotAnswer() throws Exception {
    // Given
    second.close();

    // When
    assertThatThrownBy(() -> engine.open(server()))
        // Then
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.silent()).as(e.sentence()).isFalse());
  }

  @Test
  void aConnectionIsNotKeptToAnAddressThatTheNameNoLongerHas() throws Exception {
    // Given
    try (var session = engine.open(server())) {
      assertThat(session.identity().role()).isEqualTo(Identity.Role.Primary);
    }

    // When
    NamesOfTests.let(NAME, "127.0.0.2");
    Thread.sleep(600); // a connection that was used just now is taken as it is

    // Then
    try (var session = engine.open(server())) {
      assertThat(session.identity().role()).isEqualTo(Identity.Role.Replica);
    }
  }

  @Test
  void aFailureThatIsRememberedIsNoVerdictForWhoeverAsksAfresh() throws Exception {
    // Given
    NamesOfTests.let(NAME, "127.0.0.3");
    second.die();
    for (int i = 0; i < 3; i++) assertThatThrownBy(() -> engine.open(server())).isNotNull();
    second = new Relay("127.0.0.3", port, primary.port());
    assertThatThrownBy(() -> engine.open(server())).isNotNull();

    // When
    try (var session = engine.openAfresh(server())) {
      // Then
      assertThat(session.identity().role()).isEqualTo(Identity.Role.Primary);
    }
  }

  private Server server() {
    var endpoint = new Endpoint(NAME, port);
    return new Server(
        "several",
        "uid",
        endpoint,
        endpoint,
        "postgres",
        Postgres.ADMIN,
        new Sensitive(Postgres.ADMIN_PASSWORD),
        new Trust(Trust.Mode.VerifyCA, pki.anchor(), false),
        Server.ClientCertificate.Offered);
  }
}
