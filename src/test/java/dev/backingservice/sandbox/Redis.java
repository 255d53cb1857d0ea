package dev.backingservice.sandbox;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// One real Redis or Valkey server on loopback: TLS only, accounts in a file, and an administrator
/// who may make accounts and end their sessions.
public final class Redis implements Books, AutoCloseable {
  /// The administrator's login and password.
  public static final String ADMIN = "backing_admin";

  public static final String ADMIN_PASSWORD = "administrator-of-the-sandbox";
  private static final String ROOT = "provider";
  private static final String ROOT_PASSWORD = "provider-of-the-sandbox";
  private final Programs programs;
  private final Product product;
  private final Path folder;
  private final Pki pki;
  private final int port = Ports.free();
  private Process server;

  /// A product and the version that is run.
  public enum Product {
    /// Of this machine's packages.
    REDIS_7("", "redis-server"),
    REDIS_8("trixie", "redis-server"),
    VALKEY_8("trixie", "valkey-server");

    private final String suite;
    private final String program;

    Product(String suite, String program) {
      this.suite = suite;
      this.program = program;
    }

    public boolean valkey() {
      return this == VALKEY_8;
    }

    private Programs programs() throws IOException, InterruptedException {
      return suite.isEmpty()
          ? Programs.here(program, program)
          : Programs.of(suite, valkey() ? "valkey-server" : "redis-server");
    }
  }

  private Redis(Product product, String name, Path in, Pki pki, Programs programs) {
    this.product = product;
    this.programs = programs;
    this.folder = in.resolve(name);
    this.pki = pki;
  }

  /// Of this machine's packages.
  public static Redis start(String name, Path in, Pki pki) throws Exception {
    return start(Product.REDIS_7, name, in, pki);
  }

  /// Installs the package where it is missing.
  public static Redis start(Product product, String name, Path in, Pki pki) throws Exception {
    var redis = new Redis(product, name, in, pki, product.programs());
    Files.createDirectories(redis.folder);
    pki.issue(redis.folder, "127.0.0.1", "localhost");
    Files.writeString(redis.folder.resolve("anchor.crt"), pki.anchor());
    Files.writeString(redis.folder.resolve("users.acl"), ACCOUNTS);
    redis.start();
    return redis;
  }

  /// What the documentation asks whoever runs the server to make.
  private static final String ACCOUNTS =
      """
      user default off
      user %s on >%s ~* &* +@all
      user %s on >%s resetkeys resetchannels -@all +acl|setuser +acl|getuser +acl|deluser +acl|list +acl|users +acl|save +acl|dryrun +acl|whoami +client|kill +client|list +client|id +client|setname +ping +role +info +hello +auth
      """
          .formatted(ROOT, ROOT_PASSWORD, ADMIN, ADMIN_PASSWORD);

  /// The accounts that it begins with, as its file has them.
  public static String accounts() {
    return ACCOUNTS;
  }

  @Override
  public void start() throws Exception {
    start(new String[0]);
  }

  /// Also after [#stop]: the same accounts, the same port, no keys.
  public void start(String... more) throws Exception {
    var settings =
        Map.of(
            "port", "0",
            "tls-port", "" + port,
            "bind", "127.0.0.1",
            "tls-cert-file", "server.crt",
            "tls-key-file", "server.key",
            "tls-ca-cert-file", "anchor.crt",
            "tls-auth-clients", "no",
            "tls-replication", "yes",
            "aclfile", folder.resolve("users.acl").toString(),
            "appendonly", "no");
    var command = programs.start("usr/bin/" + product.program);
    settings.forEach((name, value) -> command.addAll(List.of("--" + name, value)));
    command.addAll(List.of("--save", ""));
    command.addAll(List.of(more));
    server = Processes.start(folder.resolve("server.log"), Map.of(), command);
    Waiting.until("redis answers", () -> root("PING").equals("+PONG"));
  }

  /// What the owner of the server is answered.
  public String root(String... command) {
    return ask(ROOT, ROOT_PASSWORD, command);
  }

  @Override
  public void stop() {
    Processes.stop(server, 5);
  }

  /// Accepts connections, and is silent until it is thawed.
  public AutoCloseable frozen() throws IOException, InterruptedException {
    var pid = "" + server.pid();
    new ProcessBuilder("kill", "-STOP", pid).start().waitFor();
    return () -> new ProcessBuilder("kill", "-CONT", pid).start().waitFor();
  }

  /// Makes an account, as the provider does.
  public void account(String user, String password) {
    root("ACL", "SETUSER", user, "on", ">" + password, "~*", "+@all");
  }

  /// What an account is answered to a command; the refusal of its login when it is refused.
  public String ask(String user, String password, String... command) {
    try (var session = session(user, password)) {
      return session.ask(command);
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Override
  public Set<Long> written() {
    var ids = new HashSet<Long>();
    for (var key : texts("KEYS", "orders:*")) ids.add(Long.parseLong(key.substring(7)));
    return ids;
  }

  /// The names of its accounts.
  public Set<String> users() {
    return texts("ACL", "USERS");
  }

  private Set<String> texts(String... command) {
    var texts = new HashSet<String>();
    try (var session = session(ROOT, ROOT_PASSWORD)) {
      int count = Integer.parseInt(session.ask(command).substring(1));
      for (int i = 0; i < count; i++) {
        line(session.socket().getInputStream());
        texts.add(line(session.socket().getInputStream()));
      }
      return texts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A connection that is logged in, for one command after another.
  public Session session(String user, String password) throws IOException {
    try {
      return session(pki.clients(), port, user, password);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /// The same with what verifies the server.
  public static Session session(SSLSocketFactory tls, int port, String user, String password)
      throws IOException {
    var socket = (SSLSocket) tls.createSocket("127.0.0.1", port);
    var parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(10_000);
    send(socket.getOutputStream(), "AUTH", user, password);
    var said = line(socket.getInputStream());
    if (said.equals("+OK")) return new Session(socket);
    socket.close();
    throw new IOException(said);
  }

  /// An open connection.
  public record Session(Socket socket) implements AutoCloseable {
    /// The first line of the answer.
    public String ask(String... command) throws IOException {
      send(socket.getOutputStream(), command);
      return line(socket.getInputStream());
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /// Redis serialization protocol 2: an array of bulk strings.
  private static void send(OutputStream out, String... words) throws IOException {
    var text = new StringBuilder("*" + words.length + "\r\n");
    for (var word : words)
      text.append("$")
          .append(word.getBytes(StandardCharsets.UTF_8).length)
          .append("\r\n")
          .append(word)
          .append("\r\n");
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static String line(java.io.InputStream in) throws IOException {
    var text = new StringBuilder();
    for (int read = in.read(); read >= 0 && read != '\n'; read = in.read())
      if (read != '\r') text.append((char) read);
    return text.toString();
  }

  public Product product() {
    return product;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void close() {
    stop();
    Folders.delete(folder);
  }
}
