package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.engine.EngineException;
import dev.backingservice.model.Access;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Reason;
import dev.backingservice.sandbox.Mysql.Product;
import java.time.Duration;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("MYSQL 9") // one method after another
class MySql9IT extends MySqlContract {
  MySql9IT() {
    super(Product.MYSQL_9);
  }

  /// Its table of connections is there, and empty: every count would find nobody.
  @ParameterizedTest
  @ValueSource(strings = {"performance_schema=OFF", "performance_schema_max_thread_instances=288"})
  void aServerThatDoesNotShowItsSessionsIsNotFenced(String setting) throws Exception {
    // Given
    mysql.stop();
    mysql.start("--" + setting);
    try {
      var at = open(Access.ReadWrite);
      try (var tenant = session(at);
          var session = engine(1).open(server())) {
        // When
        var refusal = session.fenceable(order(), at).orElseThrow();
        ensure(want(at, LoginState.Locked));

        // Then
        assertThat(refusal.reason()).isEqualTo(Reason.AdminTooWeak);
        assertThat(refusal.message()).contains(setting.split("=")[0]);
        assertThatThrownBy(() -> session.sever(order(), at, Duration.ofSeconds(1)))
            .isInstanceOf(EngineException.class)
            .hasMessageContaining(setting.split("=")[0]);
        assertThat(tenant.isValid(1)).isTrue();
      }
    } finally {
      mysql.stop();
      mysql.start();
    }
  }
}
