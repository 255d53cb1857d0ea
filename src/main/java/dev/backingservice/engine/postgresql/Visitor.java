package dev.backingservice.engine.postgresql;

import dev.backingservice.model.ServerText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Properties;
import java.util.regex.Pattern;
import org.postgresql.Driver;

/// Logs in through a mounted binding, with nothing but its files.
public final class Visitor {
  private static final Pattern MODE = Pattern.compile("[?&]sslmode=([a-z-]+)");

  private Visitor() {}

  /// @param binding the folder of one binding
  /// @return a sentence that says where the login landed
  /// @throws IOException when the binding is not complete or the login does not succeed
  public static String visit(Path binding) throws IOException {
    var url = "jdbc:postgresql:" + Connections.encoded(text(binding, "database"));
    try (var connection = new Driver().connect(url, properties(binding))) {
      if (connection == null) throw new IOException("not a URL of PostgreSQL");
      return new Sql(connection)
          .one(
              "SELECT session_user || ' on PostgreSQL ' || current_setting('server_version')",
              row -> "logged in as " + row.getString(1));
    } catch (SQLException e) {
      throw new IOException(ServerText.clean(String.valueOf(e.getMessage())), e);
    }
  }

  /// What the binding says, and time-outs in seconds: whoever looks wants an answer.
  private static Properties properties(Path binding) throws IOException {
    var properties = new Properties();
    properties.setProperty("PGHOST", text(binding, "host"));
    properties.setProperty("PGPORT", text(binding, "port"));
    properties.setProperty("user", text(binding, "username"));
    properties.setProperty("password", text(binding, "password"));
    properties.setProperty("sslmode", mode(text(binding, "uri")));
    properties.setProperty("sslrootcert", binding.resolve("ca.crt").toString());
    var certificate = binding.resolve("keystore.p12");
    if (Files.exists(certificate)) {
      properties.setProperty("sslkey", certificate.toString());
      properties.setProperty("sslpassword", text(binding, "keystore-password"));
    }
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("loginTimeout", "10");
    properties.setProperty("socketTimeout", "10");
    return properties;
  }

  private static String mode(String uri) {
    var mode = MODE.matcher(uri);
    return mode.find() ? mode.group(1) : "verify-full";
  }

  private static String text(Path binding, String key) throws IOException {
    return Files.readString(binding.resolve(key)).strip();
  }
}
