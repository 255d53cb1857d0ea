package dev.backingservice.engines;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.rabbitmq.RabbitMqEngine;
import dev.backingservice.engines.HostileRabbitMq.Play;
import dev.backingservice.model.Reason;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Isolated;

/// Servers that speak the management API of RabbitMQ as far as it serves them.
@Isolated("it counts threads and memory")
class HostileRabbitMqIT extends HostileHandshakeContract {
  @Override
  Engine engine() {
    return new RabbitMqEngine(EngineContract.KEY, new FixedTerm(1), 1);
  }

  @Override
  HostileServer.Dialogue goesAlong() {
    return new HostileRabbitMq(Play.GoesAlong);
  }

  @Override
  Stream<Trial> plays() {
    return Stream.of(Play.values())
        .filter(p -> p != Play.GoesAlong)
        .map(p -> new Trial(p.name(), p.like(), new HostileRabbitMq(p)));
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
