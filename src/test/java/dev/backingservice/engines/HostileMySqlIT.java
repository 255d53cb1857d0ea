package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.mysql.MySqlEngine;
import dev.backingservice.engines.HostileMySql.Play;
import dev.backingservice.model.Reason;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Isolated;

/// Servers that speak the protocol of MariaDB and MySQL as far as it serves them.
@Isolated("it counts threads and memory")
class HostileMySqlIT extends HostileHandshakeContract {
  @Override
  void after(Trial trial) {
    assertThat(((HostileMySql) trial.dialogue()).heard(PASSWORD))
        .as("the password in clear")
        .isFalse();
  }

  @Override
  Engine engine() {
    return new MySqlEngine(EngineContract.KEY, new MarksInMemory(), new FixedTerm(1), 1);
  }

  @Override
  HostileServer.Dialogue goesAlong() {
    return new HostileMySql(Play.GoesAlong);
  }

  @Override
  Stream<Trial> plays() {
    return Stream.of(Play.values())
        .filter(p -> p != Play.GoesAlong)
        .map(p -> new Trial(p.name(), p.like(), new HostileMySql(p)));
  }

  @Override
  Set<Reason> usual() {
    return Set.of(
        Reason.ServerUnreachable,
        Reason.AdminRefused,
        Reason.AdminTooWeak,
        Reason.CertificateNotTrusted);
  }

  @Override
  Server server(int port) {
    return server(port, "", "bs_admin", PASSWORD);
  }
}
