package dev.backingservice.engines;

import java.util.stream.Stream;

/// Whatever a protocol is, it comes after a handshake: the modes before and in it, and then what
/// the protocol has of its own.
abstract class HostileHandshakeContract extends HostileContract {
  /// A dialogue of a server that goes along with its clients.
  abstract HostileServer.Dialogue goesAlong();

  /// What servers of this protocol do after the handshake.
  abstract Stream<Trial> plays();

  @Override
  Stream<Trial> trials() {
    return Stream.concat(
        Stream.of(HostileMode.values())
            .filter(m -> m.stage().compareTo(HostileMode.Stage.Certificate) <= 0)
            .map(m -> new Trial(m, goesAlong())),
        plays());
  }
}
