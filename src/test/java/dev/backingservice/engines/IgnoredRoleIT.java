package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Want;
import dev.backingservice.engine.postgresql.PostgresEngine;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Intent.Limits;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServiceId;
import dev.backingservice.sandbox.Pki;
import dev.backingservice.sandbox.Postgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A release of November 2024 that ignores `ALTER ROLE ... SET role` (release notes of 15.10).
class IgnoredRoleIT {
  private static final Place PLACE = new Place("blue", new Scope.Schema("orders", "public"));
  private static final ServiceId SERVICE = new ServiceId("shop", "orders", "uid");
  private static final Order ORDER =
      new Order(SERVICE, "namespace-uid", PLACE, new Limits(20, Duration.ZERO), Set.of());

  @Test
  void anOwnerIsToldToUpgrade(@TempDir Path folder) throws Exception {
    var pki = new Pki();
    try (var postgres = Postgres.start("blue", "15.9", folder, pki).withDatabase("orders")) {
      // Given
      var server = PostgresContract.server(postgres, pki);
      var at = new Attachment(PLACE, "", EngineContract.KEY.logins(SERVICE).a(), Access.Owner, 1);
      var password = EngineContract.KEY.password(SERVICE, at);
      var engine = new PostgresEngine(EngineContract.KEY, new FixedTerm(1), 1);
      try (var session = engine.open(server)) {
        session.ensure(ORDER, List.of(new Want(at, LoginState.Active, 0, password, new byte[16])));
      }

      // When
      var entry = engine.knock(server, ORDER, new Credential(at, password, Optional.empty()));
      engine.keep(List.of());

      // Then
      assertThat(entry)
          .isInstanceOfSatisfying(
              Entry.Different.class,
              different ->
                  assertThat(different.failure().message())
                      .contains("this release ignores ALTER ROLE", "15.10"));
    }
  }
}
