package dev.backingservice.cluster.workload;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Properties;

/// An application: takes `DATABASE_URL` as it finds it at its start, writes orders, and reports
/// each acknowledged one.
public final class Orders {
  private static final int SESSIONS = 2;
  private static final int PAUSE_MILLIS = 10;
  private static final int RETRY_MILLIS = 100;
  private static final String INSERT = "INSERT INTO writes (id) VALUES (?)";
  private final URI database;
  private final String pod;
  private final String book;

  private Orders(URI database, String pod, String book) {
    this.database = database;
    this.pod = pod;
    this.book = book;
  }

  public static void main(String... args) throws Exception {
    var url = System.getenv("DATABASE_URL");
    if (url == null) throw new IllegalStateException("DATABASE_URL is not set");
    readBindings(Path.of(System.getenv("SERVICE_BINDING_ROOT")));
    var orders = new Orders(URI.create(url), System.getenv("HOSTNAME"), System.getenv("BOOK"));
    for (int i = 0; i < SESSIONS; i++) {
      var name = orders.pod + "-" + i;
      Thread.ofPlatform().name(name).start(() -> orders.work(name));
    }
  }

  /// Reads every file, as frameworks do at their start.
  private static void readBindings(Path root) throws IOException {
    try (var files = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      for (var file : files.filter(Files::isRegularFile).toList())
        if (Files.readAllBytes(file).length == 0)
          throw new IllegalStateException(file + " is empty");
    }
  }

  private void work(String session) {
    long number = 0;
    while (true) {
      try (var connection = connect();
          var book =
              new Socket(this.book.split(":")[0], Integer.parseInt(this.book.split(":")[1]));
          var report = new OutputStreamWriter(book.getOutputStream(), StandardCharsets.UTF_8)) {
        while (true) number = write(connection, report, session, number + 1);
      } catch (SQLException | IOException e) {
        System.out.println(session + ": " + e.getMessage());
        number++; // this one may be there or not: nobody was told
        pause(RETRY_MILLIS);
      }
    }
  }

  private long write(Connection connection, Writer report, String session, long number)
      throws SQLException, IOException {
    var id = session + "-" + number;
    long began = micros();
    try (var insert = connection.prepareStatement(INSERT)) {
      insert.setString(1, id);
      insert.executeUpdate();
    }
    report.write("%s %s %d %d%n".formatted(id, database.getHost(), began, micros()));
    report.flush();
    pause(PAUSE_MILLIS);
    return number;
  }

  private static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /// As the URL says, with the trust that it names.
  private Connection connect() throws SQLException {
    var login = new Properties();
    var user = database.getRawUserInfo().split(":", 2);
    login.setProperty("user", decode(user[0]));
    login.setProperty("password", decode(user[1]));
    login.setProperty("connectTimeout", "3");
    for (var parameter : database.getRawQuery().split("&"))
      login.setProperty(parameter.split("=", 2)[0], decode(parameter.split("=", 2)[1]));
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%d%s"
            .formatted(database.getHost(), database.getPort(), database.getPath()),
        login);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
