package dev.backingservice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of a server that is not verified to the full.
class ServerTest {
  @ParameterizedTest
  @CsvSource({"VerifyFull, ", "VerifyCA, HostNameNotVerified", "Disabled, TlsNotVerified"})
  void whatIsNotVerifiedIsAFinding(Trust.Mode mode, Finding.Id expected) {
    var endpoint = new Endpoint("db.internal", 5432);
    var server =
        new Server(
            "blue",
            "uid",
            endpoint,
            endpoint,
            "postgres",
            "admin",
            new Sensitive("secret"),
            new Trust(mode, "", false),
            Server.ClientCertificate.Offered);

    assertThat(server.unverified().map(Finding::id)).isEqualTo(Optional.ofNullable(expected));
  }
}
