package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.redis.RedisEngine;
import dev.backingservice.engines.HostileRedis.Play;
import dev.backingservice.model.Intent.Limits;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServiceId;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Servers that speak the protocol of Redis and Valkey as far as it serves them.
@Isolated("it counts threads and memory")
class HostileRedisIT extends HostileHandshakeContract {
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"GoesAlong", "KeysWithoutEnd"})
  void costsOneBoundedAttempt(Play play) throws Exception {
    costsOneBoundedAttempt(play.like(), hostile(play));
  }

  @Test
  void keysWithoutEndAreNotCountedForEver() throws Exception {
    // Given
    var order =
        new Order(
            new ServiceId("shop", "orders", "uid"),
            "namespace-uid",
            new Place("hostile", new Scope.Keys("orders:")),
            new Limits(1, Duration.ZERO),
            Set.of());
    try (var hostile = hostile(Play.KeysWithoutEnd);
        var session = engine().open(server(hostile.port()))) {
      long began = System.nanoTime();

      // When
      var refused = catchThrowableOfType(EngineException.class, () -> session.inventory(order));

      // Then
      assertThat(refused.reason()).isEqualTo(Reason.Pending);
      assertThat(refused.sentence()).contains("accept-data");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    }
  }

  private static HostileServer hostile(Play play) throws Exception {
    return new HostileServer(play.like(), PKI, new HostileRedis(play));
  }

  @Override
  Engine engine() {
    return new RedisEngine(EngineContract.KEY, new FixedTerm(1), 1);
  }

  @Override
  HostileServer hostile(HostileMode mode) throws Exception {
    return new HostileServer(mode, PKI, new HostileRedis(Play.GoesAlong));
  }

  @Override
  Set<Reason> usual() {
    return Set.of(
        Reason.ServerUnreachable,
        Reason.ProtocolMismatch,
        Reason.AdminRefused,
        Reason.CertificateNotTrusted);
  }

  @Override
  Server server(int port) {
    return server(port, "", "bs_admin", PASSWORD);
  }
}
