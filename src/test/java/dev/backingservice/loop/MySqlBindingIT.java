package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Mysql;
import dev.backingservice.sandbox.Mysql.Product;
import dev.backingservice.sandbox.Processes;
import io.quarkus.jdbc.mariadb.runtime.MariaDBServiceBindingConverter;
import io.quarkus.kubernetes.service.binding.runtime.ServiceBinding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.cloud.bindings.Bindings;
import org.springframework.cloud.bindings.boot.MySqlBindingsPropertiesProcessor;
import org.springframework.core.env.StandardEnvironment;

/// What clients make of the binding of a MariaDB and of a MySQL server, as it is mounted.
class MySqlBindingIT {
  private final Stage stage = new Stage();
  @TempDir Path root;
  @TempDir Path data;

  @ParameterizedTest
  @EnumSource(names = {"MARIADB_10_11", "MYSQL_9"})
  void clientsReadItAndConnect(Product product) throws Exception {
    // Given
    try (var mysql = attached(product)) {
      // Then
      var login = stage.status().active().login() + "@%";
      assertThat(spring()).isEqualTo(login);
      assertThat(quarkus()).isEqualTo(login);
      assertThat(commandLine("--ssl-verify-server-cert")).isEqualTo(login);
      assertThat(mysql.product()).isEqualTo(product);
    }
  }

  /// And mounts it as a kubelet does: every key a file.
  private Mysql attached(Product product) throws Exception {
    var servers = new MySqlServers(stage, data);
    var mysql = servers.start(product, stage.blue);
    servers.apply(
        stage.service,
        stage.blue,
        "database: orders",
        "  inject: {mountPath: %s}\n  binding: {keystore: None}".formatted(root));
    stage.eventually("Ready", "True/Ready");
    var folder = Files.createDirectory(root.resolve(stage.service));
    for (var entry : stage.secret().getData().entrySet())
      Files.write(folder.resolve(entry.getKey()), Base64.getDecoder().decode(entry.getValue()));
    return mysql;
  }

  private String spring() throws SQLException {
    var properties = new HashMap<String, Object>();
    new MySqlBindingsPropertiesProcessor()
        .process(new StandardEnvironment(), new Bindings(root.toString()), properties);
    return login(
        properties.get("spring.datasource.url"),
        properties.get("spring.datasource.username"),
        properties.get("spring.datasource.password"));
  }

  private String quarkus() throws SQLException {
    var properties =
        new MariaDBServiceBindingConverter()
            .convert(List.of(new ServiceBinding(root.resolve(stage.service))))
            .orElseThrow()
            .getProperties();
    return login(
        properties.get("quarkus.datasource.jdbc.url"),
        properties.get("quarkus.datasource.username"),
        properties.get("quarkus.datasource.password"));
  }

  /// Who is logged in with what a framework gives its pool.
  private static String login(Object url, Object user, Object password) throws SQLException {
    var login = new Properties();
    login.putAll(Map.of("user", user, "password", password));
    assertThat(url.toString()).contains("sslMode=verify-full");
    try (var connection = DriverManager.getConnection(url.toString(), login);
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT CURRENT_USER()")) {
      row.next();
      return row.getString(1);
    }
  }

  /// The client of the servers' own packages; its password comes from a file.
  private String commandLine(String verify) throws Exception {
    var options = data.resolve("client.cnf");
    Files.writeString(options, "[client]\npassword=%s\n".formatted(stage.bound("password")));
    return Processes.run(
            List.of(
                "mariadb",
                "--defaults-file=" + options,
                "--host=" + stage.bound("host"),
                "--port=" + stage.bound("port"),
                "--user=" + stage.bound("username"),
                "--ssl-ca=" + root.resolve(stage.service).resolve("ca.crt"),
                verify,
                "--skip-column-names",
                "--batch",
                "--execute=SELECT CURRENT_USER()",
                stage.bound("database")))
        .strip();
  }
}
