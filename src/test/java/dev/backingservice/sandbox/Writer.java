package dev.backingservice.sandbox;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
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
/// rows, and when its session ends it reads the Secret again. What the server acknowledged goes
/// into a ledger of its own.
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
        if (secret != null)
          bound.putIfAbsent(Integer.parseInt(text(secret, "port")), System.nanoTime());
      } catch (KubernetesClientException e) {
        System.err.println("looking for the binding again: " + e.getMessage());
      }
      pause(LOOK_MILLIS);
    }
  }

  private void run() {
    while (!stopping) {
      try (var connection = connect()) {
        write(connection);
      } catch (SQLException | IOException e) {
        pause(RETRY_MILLIS);
      }
    }
  }

  private void write(Connection connection) throws SQLException {
    int port =
        Integer.parseInt(connection.getMetaData().getURL().replaceAll(".*:([0-9]+)/.*", "$1"));
    try (var insert = connection.prepareStatement(INSERT)) {
      while (!stopping) {
        long id = next.incrementAndGet();
        long began = System.nanoTime();
        insert.setLong(1, id);
        insert.executeUpdate();
        ledger.add(new Entry(id, port, began));
        pause(1);
      }
    }
  }

  /// As the binding says: its URL, its trust, its credential.
  private Connection connect() throws SQLException, IOException {
    var secret = client.secrets().inNamespace(namespace).withName(secretName).get();
    if (secret == null) throw new SQLException("there is no binding");
    var ca = files.resolve("ca-" + secret.getMetadata().getResourceVersion() + ".crt");
    Files.writeString(ca, text(secret, "ca.crt"));
    var login = new Properties();
    login.setProperty("user", text(secret, "username"));
    login.setProperty("password", text(secret, "password"));
    login.setProperty("connectTimeout", "3");
    var url = text(secret, "jdbc-url").replaceAll("sslrootcert=[^&]*", "sslrootcert=" + ca);
    return DriverManager.getConnection(url, login);
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
