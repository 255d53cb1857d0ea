package dev.backingservice.engine.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Listeners as the management API tells of them while a node starts, and afterwards.
class PostureTest {
  private static final Server SERVER =
      new Server(
          "blue",
          "uid",
          new Endpoint("blue.example", 5671),
          new Endpoint("blue.example", 15671),
          "",
          "bs_admin",
          new Sensitive("x"),
          new Trust(Trust.Mode.VerifyFull, "", false),
          Server.ClientCertificate.Offered);

  @Test
  void protocolsWithoutTlsAreNamed() throws Exception {
    assertThat(Posture.clear(listeners("amqp", "amqp/ssl", "clustering", "http"), SERVER))
        .containsExactly("amqp", "http");
    assertThat(Posture.clear(listeners("amqp/ssl", "clustering", "https"), SERVER)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "https", "clustering,https", "clustering,http"})
  void aNodeThatDoesNotListenForApplicationsYetIsNotJudged(String started) {
    assertThatThrownBy(() -> Posture.clear(listeners(started.split(",")), SERVER))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("does not listen for AMQP");
  }

  @Test
  void aBrokerWithoutStatisticsTellsNothingOfListeners() throws Exception {
    var overview = new ObjectMapper().readTree("{\"node\":\"rabbit@blue\"}");
    assertThat(Posture.clear(overview, SERVER)).isEmpty();
  }

  private static JsonNode listeners(String... protocols) throws Exception {
    var listeners =
        Stream.of(protocols)
            .map("{\"protocol\":\"%s\"}"::formatted)
            .collect(Collectors.joining(","));
    return new ObjectMapper().readTree("{\"listeners\":[" + listeners + "]}");
  }
}
