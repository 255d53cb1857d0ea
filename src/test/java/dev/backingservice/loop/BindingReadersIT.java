package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.jdbc.postgresql.runtime.PostgreSQLServiceBindingConverter;
import io.quarkus.kubernetes.service.binding.runtime.ServiceBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.cloud.bindings.Bindings;
import org.springframework.cloud.bindings.boot.PostgreSqlBindingsPropertiesProcessor;
import org.springframework.core.env.StandardEnvironment;

/// What frameworks make of a mounted binding. Each reads every file as UTF-8: the key store has
/// to go.
class BindingReadersIT {
  private final Stage stage = new Stage();
  @TempDir Path root;

  @BeforeEach
  void server() throws SQLException {
    stage.server(stage.blue);
  }

  @Test
  void springReadsItAndConnects() throws Exception {
    // Given
    attachAsText();

    // When
    var properties = new HashMap<String, Object>();
    new PostgreSqlBindingsPropertiesProcessor()
        .process(new StandardEnvironment(), new Bindings(root.toString()), properties);

    // Then
    assertThat(
            login(
                properties.get("spring.datasource.url"),
                properties.get("spring.datasource.username"),
                properties.get("spring.datasource.password")))
        .isEqualTo(stage.status().active().login());
  }

  @Test
  void quarkusReadsItAndConnects() throws Exception {
    // Given
    attachAsText();

    // When
    var binding = new ServiceBinding(root.resolve(stage.service));
    var properties =
        new PostgreSQLServiceBindingConverter()
            .convert(List.of(binding))
            .orElseThrow()
            .getProperties();

    // Then
    assertThat(
            login(
                properties.get("quarkus.datasource.jdbc.url"),
                properties.get("quarkus.datasource.username"),
                properties.get("quarkus.datasource.password")))
        .isEqualTo(stage.status().active().login());
  }

  @Test
  void aKeyStoreThatIsGivenUpMakesANewEpoch() {
    // Given
    stage.attached(stage.blue, "");
    assertThat(stage.secret().getData()).containsKeys("keystore.p12", "keystore-password");

    // When
    stage.patch("{\"spec\":{\"binding\":{\"keystore\":\"None\"}}}");

    // Then
    stage.eventually(() -> assertThat(stage.status().active().epoch()).isEqualTo(2));
    assertThat(stage.secret().getData()).doesNotContainKeys("keystore.p12", "keystore-password");
  }

  /// And mounts it as a kubelet does: every key a file.
  private void attachAsText() throws IOException {
    stage.attached(
        stage.blue, "inject: {mountPath: %s}, binding: {keystore: None}".formatted(root));
    var folder = Files.createDirectory(root.resolve(stage.service));
    for (var entry : stage.secret().getData().entrySet())
      Files.write(folder.resolve(entry.getKey()), Base64.getDecoder().decode(entry.getValue()));
  }

  /// Who is logged in with what a framework gives its pool.
  private static String login(Object url, Object user, Object password) throws SQLException {
    var login = new Properties();
    login.putAll(Map.of("user", user, "password", password));
    assertThat(url.toString()).contains("sslmode=verify-full");
    try (var connection = DriverManager.getConnection(url.toString(), login);
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT session_user")) {
      row.next();
      return row.getString(1);
    }
  }
}
