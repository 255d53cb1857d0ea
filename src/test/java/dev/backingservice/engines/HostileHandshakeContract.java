package dev.backingservice.engines;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever a protocol is, it comes after a handshake: the modes before and in it.
abstract class HostileHandshakeContract extends HostileContract {
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
}
