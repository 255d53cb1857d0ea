package dev.backingservice.engines;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.generic.GenericEngine;
import dev.backingservice.model.Reason;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Isolated;

/// Servers that are to speak TLS at once, and no more is known of them.
@Isolated("it counts threads and memory")
class HostileGenericIT extends HostileHandshakeContract {
  @Override
  Engine engine() {
    return new GenericEngine();
  }

  @Override
  HostileServer.Dialogue goesAlong() {
    return HostileServer.TLS_AT_ONCE;
  }

  @Override
  Stream<Trial> plays() {
    return Stream.empty();
  }

  @Override
  Set<Reason> usual() {
    return Set.of(Reason.ServerUnreachable, Reason.ProtocolMismatch, Reason.CertificateNotTrusted);
  }

  @Override
  Server server(int port) {
    return server(port, "", "", "");
  }
}
