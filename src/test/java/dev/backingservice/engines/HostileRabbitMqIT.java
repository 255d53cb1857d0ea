package dev.backingservice.engines;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.rabbitmq.RabbitMqEngine;
import dev.backingservice.engines.HostileRabbitMq.Play;
import dev.backingservice.model.Reason;
import java.util.Set;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Servers that speak the management API of RabbitMQ as far as it serves them.
@Isolated("it counts threads and memory")
class HostileRabbitMqIT extends HostileHandshakeContract {
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GoesAlong")
  void costsOneBoundedAttempt(Play play) throws Exception {
    costsOneBoundedAttempt(
        play.like(), new HostileServer(play.like(), PKI, new HostileRabbitMq(play)));
  }

  @Override
  Engine engine() {
    return new RabbitMqEngine(EngineContract.KEY, new FixedTerm(1), 1);
  }

  @Override
  HostileServer hostile(HostileMode mode) throws Exception {
    return new HostileServer(mode, PKI, new HostileRabbitMq(Play.GoesAlong));
  }

  @Override
  Set<Reason> usual() {
    return Set.of(
        Reason.ServerUnreachable,
        Reason.ProtocolMismatch,
        Reason.AdminRefused,
        Reason.AdminTooWeak,
        Reason.CertificateNotTrusted);
  }

  @Override
  Server server(int port) {
    return server(port, "", "bs_admin", PASSWORD);
  }
}
