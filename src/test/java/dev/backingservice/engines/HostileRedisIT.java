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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/// Servers that speak the protocol of Redis and Valkey as far as it serves them.
@Isolated("it counts threads and memory")
class HostileRedisIT extends HostileHandshakeContract {
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
    var play = Play.KeysWithoutEnd;
    try (var hostile = new HostileServer(play.like(), PKI, new HostileRedis(play));
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

  @Override
  Engine engine() {
    return new RedisEngine(EngineContract.KEY, new FixedTerm(1), 1);
  }

  @Override
  HostileServer.Dialogue goesAlong() {
    return new HostileRedis(Play.GoesAlong);
  }

  @Override
  Stream<Trial> plays() {
    return Stream.of(Play.values())
        .filter(p -> p != Play.GoesAlong && p != Play.KeysWithoutEnd)
        .map(p -> new Trial(p.name(), p.like(), new HostileRedis(p)));
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
