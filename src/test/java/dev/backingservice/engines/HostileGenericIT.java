package dev.backingservice.engines;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.generic.GenericEngine;
import dev.backingservice.model.Reason;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Servers that are to speak TLS at once, and no more is known of them.
@Isolated("it counts threads and memory")
class HostileGenericIT extends HostileContract {
  static Stream<HostileMode> modes() {
    return Stream.of(HostileMode.values())
        .filter(m -> m.stage().compareTo(HostileMode.Stage.Certificate) <= 0);
  }

  @ParameterizedTest
  @MethodSource("modes")
  @Override
  void costsOneBoundedAttempt(HostileMode mode) throws Exception {
    super.costsOneBoundedAttempt(mode);
  }

  @Override
  Engine engine() {
    return new GenericEngine();
  }

  @Override
  HostileServer hostile(HostileMode mode) throws Exception {
    return new HostileServer(mode, PKI, Optional.empty());
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
