package dev.backingservice.engine.postgresql;

import dev.backingservice.model.ServerText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.Driver;

/// Logs in through a mounted binding, with nothing but its files.
public final class Visitor {
  private Visitor() {}

  /// @param binding the folder of one binding
  /// @return a sentence that says where the login landed
  /// @throws IOException when the binding is not complete or the login does not succeed
  public static String visit(Path binding) throws IOException {
    var properties = new Properties();
    properties.setProperty("user", text(binding, "username"));
    properties.setProperty("password", text(binding, "password"));
    properties.setProperty("sslmode", "verify-full");
    properties.setProperty("sslrootcert", binding.resolve("ca.crt").toString());
    var url =
        "jdbc:postgresql://%s:%s/%s"
            .formatted(text(binding, "host"), text(binding, "port"), text(binding, "database"));
    try (var connection = new Driver().connect(url, properties)) {
      if (connection == null) throw new IOException("not a URL of PostgreSQL");
      return new Sql(connection)
          .first(
              "SELECT session_user || ' on PostgreSQL ' || current_setting('server_version')",
              row -> "logged in as " + row.getString(1))
          .orElseThrow();
    } catch (SQLException e) {
      throw new IOException(ServerText.clean(String.valueOf(e.getMessage())), e);
    }
  }

  private static String text(Path binding, String key) throws IOException {
    return Files.readString(binding.resolve(key)).strip();
  }
}
