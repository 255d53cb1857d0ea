package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.mysql.MySqlEngine;
import dev.backingservice.engines.HostileMySql.Play;
import dev.backingservice.model.Reason;
import java.util.Set;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Servers that speak the protocol of MariaDB and MySQL as far as it serves them.
@Isolated("it counts threads and memory")
class HostileMySqlIT extends HostileHandshakeContract {
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GoesAlong")
  void costsOneBoundedAttempt(Play play) throws Exception {
    var dialogue = new HostileMySql(play);
    costsOneBoundedAttempt(play.like(), new HostileServer(play.like(), PKI, dialogue));
    assertThat(dialogue.heard(PASSWORD)).as("the password in clear").isFalse();
  }

  @Override
  Engine engine() {
    return new MySqlEngine(EngineContract.KEY, new MarksInMemory(), new FixedTerm(1), 1);
  }

  @Override
  HostileServer hostile(HostileMode mode) throws Exception {
    return new HostileServer(mode, PKI, new HostileMySql(Play.GoesAlong));
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
