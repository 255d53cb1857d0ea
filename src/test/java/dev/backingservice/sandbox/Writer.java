package dev.backingservice.sandbox;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// A workload that knows nothing but its binding: it takes the injected Secret, writes numbered
/// rows or keys, and when its session ends it reads the Secret again. What the server acknowledged
/// goes into a ledger of its own.
public final class Writer implements AutoCloseable {
  private static final long RETRY_MILLIS = 50;
  private static final String INSERT = "INSERT INTO writes (id) VALUES (?)";

  private static final long LOOK_MILLIS = 20;

  /// One acknowledged write.
  ///
  /// @param port of the server that acknowledged it
  /// @param began when it was sent, in `System.nanoTime`
  public record Entry(long id, int port, long began) {}

  private final KubernetesClient client;
  private final String namespace;
  private final String secretName;
  private final Path files;
  private final AtomicLong next = new AtomicLong();
  private final ConcurrentLinkedQueue<Entry> ledger = new ConcurrentLinkedQueue<>();
  private final Map<Integer, Long> bound = new ConcurrentHashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile int newest;
  private volatile boolean stopping;

  private Writer(KubernetesClient client, String namespace, String secretName) throws IOException {
    this.client = client;
    this.namespace = namespace;
    this.secretName = secretName;
    this.files = Files.createTempDirectory("writer-");
  }

  /// Starts `sessions` writers on one binding.
  public static Writer start(KubernetesClient client, String namespace, String secret, int sessions)
      throws IOException {
    var writer = new Writer(client, namespace, secret);
    writer.threads.add(Thread.ofVirtual().name("writer-binding").start(writer::watch));
    for (int i = 0; i < sessions; i++)
      writer.threads.add(Thread.ofVirtual().name("writer-" + i).start(writer::run));
    return writer;
  }

  /// Notes when the binding named each server first.
  private void watch() {
    while (!stopping) {
      try {
        var secret = client.secrets().inNamespace(namespace).withName(secretName).get();
        if (secret != null) {
          newest = Integer.parseInt(text(secret, "port"));
          bound.putIfAbsent(newest, System.nanoTime());
        }
      } catch (KubernetesClientException e) {
        System.err.println("looking for the binding again: " + e.getMessage());
      }
      pause(LOOK_MILLIS);
    }
  }

  private void run() {
    while (!stopping) {
      try (var target = connect()) {
        write(target);
      } catch (Exception e) {
        pause(RETRY_MILLIS); // with the binding as it is then
      }
    }
  }

  private void write(Target target) throws Exception {
    while (!stopping) {
      long id = next.incrementAndGet();
      long began = System.nanoTime();
      if (!target.fenced() && newest != target.port()) return; // as whoever was restarted
      target.write(id);
      ledger.add(new Entry(id, target.port(), began));
      pause(1);
    }
  }

  /// Where it writes.
  private interface Target extends AutoCloseable {
    int port();

    /// Whether the old server ends it when the binding moves.
    default boolean fenced() {
      return true;
    }

    void write(long id) throws Exception;
  }

  /// As the binding says: its URL, its trust, its credential.
  private Target connect() throws Exception {
    var secret = client.secrets().inNamespace(namespace).withName(secretName).get();
    if (secret == null) throw new IOException("there is no binding");
    return switch (text(secret, "type")) {
      case "redis" -> keys(secret);
      case "rabbitmq" -> messages(secret);
      case "smtp" -> mails(secret);
      default -> rows(secret);
    };
  }

  private Target rows(Secret secret) throws Exception {
    var ca = files.resolve("ca-" + secret.getMetadata().getResourceVersion() + ".crt");
    Files.writeString(ca, text(secret, "ca.crt"));
    var login = new Properties();
    login.setProperty("user", text(secret, "username"));
    login.setProperty("password", text(secret, "password"));
    login.setProperty("connectTimeout", url(secret).startsWith("jdbc:postgresql:") ? "3" : "3000");
    var connection =
        DriverManager.getConnection(url(secret).replaceAll("=[^=&]*/ca[.]crt", "=" + ca), login);
    return new Rows(
        connection, connection.prepareStatement(INSERT), Integer.parseInt(text(secret, "port")));
  }

  private record Rows(java.sql.Connection connection, PreparedStatement insert, int port)
      implements Target {
    @Override
    public void write(long id) throws SQLException {
      insert.setLong(1, id);
      insert.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  private static Target keys(Secret secret) throws Exception {
    var session =
        Redis.session(
            Pki.trusting(text(secret, "ca.crt")),
            Integer.parseInt(text(secret, "port")),
            text(secret, "username"),
            text(secret, "password"));
    return new Keys(session, text(secret, "key-prefix"), Integer.parseInt(text(secret, "port")));
  }

  private record Keys(Redis.Session session, String prefix, int port) implements Target {
    @Override
    public void write(long id) throws IOException {
      var said = session.ask("SET", prefix + id, "1");
      if (!said.equals("+OK")) throw new IOException(said);
    }

    @Override
    public void close() throws IOException {
      session.close();
    }
  }

  private static Target messages(Secret secret) throws Exception {
    var connection =
        Rabbitmq.connect(
            text(secret, "ca.crt"),
            Integer.parseInt(text(secret, "port")),
            text(secret, "username"),
            text(secret, "password"),
            text(secret, "virtual-host"));
    var channel = connection.createChannel();
    channel.confirmSelect();
    return new Messages(
        connection, channel, text(secret, "prefix"), Integer.parseInt(text(secret, "port")));
  }

  /// A message counts once the broker has confirmed it.
  private record Messages(Connection connection, Channel channel, String prefix, int port)
      implements Target {
    private static final long CONFIRM_MILLIS = 5000;

    @Override
    public void write(long id) throws Exception {
      channel.basicPublish(
          "",
          prefix + "writes",
          MessageProperties.MINIMAL_PERSISTENT_BASIC,
          Long.toString(id).getBytes(StandardCharsets.US_ASCII));
      channel.waitForConfirmsOrDie(CONFIRM_MILLIS);
    }

    @Override
    public void close() {
      connection.abort();
    }
  }

  private static Target mails(Secret secret) throws Exception {
    int port = Integer.parseInt(text(secret, "port"));
    return new Mails(
        Mail.connect(
            text(secret, "ca.crt"),
            text(secret, "uri"),
            text(secret, "username"),
            text(secret, "password")),
        text(secret, "sender"),
        port);
  }

  /// A mail counts once the relay has taken it.
  private record Mails(Mail mail, String sender, int port) implements Target {
    @Override
    public boolean fenced() {
      return false;
    }

    @Override
    public void write(long id) throws Exception {
      mail.send(sender, "postmaster@example.org", Long.toString(id));
    }

    @Override
    public void close() throws Exception {
      mail.close();
    }
  }

  private static String url(Secret secret) {
    return text(secret, "jdbc-url");
  }

  private static String text(Secret secret, String key) {
    return new String(
        Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// What was acknowledged, in order.
  public List<Entry> ledger() {
    return List.copyOf(ledger);
  }

  /// When the binding was seen to name the server of a port for the first time.
  ///
  /// @throws IllegalStateException when it never did
  public long boundSince(int port) {
    var since = bound.get(port);
    if (since == null) throw new IllegalStateException("never bound to port " + port);
    return since;
  }

  /// Ends the writing; the ledger stays.
  @Override
  public void close() throws InterruptedException {
    stopping = true;
    for (var thread : threads) thread.join();
  }
}
