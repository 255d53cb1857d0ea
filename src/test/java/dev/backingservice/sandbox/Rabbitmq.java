package dev.backingservice.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.backingservice.engine.Urls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/// One real RabbitMQ broker on loopback: AMQP and the management API over TLS only, and an
/// administrator who has no rights on messages.
public final class Rabbitmq implements Books, AutoCloseable {
  /// The administrator's login and password.
  public static final String ADMIN = "backing_admin";

  public static final String ADMIN_PASSWORD = "administrator-of-the-sandbox";

  /// The owner of the broker.
  public static final String ROOT = "provider";

  /// The queue that writers send to.
  public static final String WRITES = "orders-writes";

  private static final String ROOT_PASSWORD = "provider-of-the-sandbox";
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Product product;
  private final Programs programs;
  private final Path folder;
  private final Pki pki;
  private final HttpClient http;
  private final int port = Ports.free();
  private final int managementPort = Ports.free();
  private final int namesPort = Ports.free();
  private final int clusterPort = Ports.free();
  private final List<Process> processes = new ArrayList<>();

  /// The version that is run.
  public enum Product {
    /// Of this machine's packages.
    RABBITMQ_3(""),
    RABBITMQ_4("trixie");

    private final String suite;

    Product(String suite) {
      this.suite = suite;
    }

    private Programs programs() throws IOException, InterruptedException {
      return suite.isEmpty()
          ? Programs.here("rabbitmq-server", "rabbitmq-server")
          : Programs.of(suite, "rabbitmq-server");
    }
  }

  private Rabbitmq(Product product, String name, Path in, Pki pki) throws Exception {
    this.product = product;
    this.programs = product.programs();
    this.folder = in.resolve(name);
    this.pki = pki;
    this.http = HttpClient.newBuilder().sslContext(Pki.context(pki.anchor())).build();
  }

  /// Of this machine's packages.
  public static Rabbitmq start(String name, Path in, Pki pki) throws Exception {
    return start(Product.RABBITMQ_3, name, in, pki);
  }

  /// Installs the package where it is missing.
  public static Rabbitmq start(Product product, String name, Path in, Pki pki) throws Exception {
    var broker = new Rabbitmq(product, name, in, pki);
    Files.createDirectories(broker.folder.resolve("bin"));
    pki.issue(broker.folder, "127.0.0.1", "localhost");
    broker.write("anchor.crt", pki.anchor());
    broker.write("enabled_plugins", "[rabbitmq_management].");
    broker.configure(" = none");
    broker.start();
    broker.root(
        "PUT",
        "users/" + ADMIN,
        "{\"password\":\"%s\",\"tags\":\"administrator\"}".formatted(ADMIN_PASSWORD));
    return broker;
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  /// Takes effect at the next start.
  ///
  /// @param clear where it listens without TLS: the rest of that line
  public void configure(String clear) throws IOException {
    write(
        "rabbitmq.conf",
        """
        listeners.tcp%6$s
        listeners.ssl.default = 127.0.0.1:%1$d
        ssl_options.cacertfile = %3$s/anchor.crt
        ssl_options.certfile = %3$s/server.crt
        ssl_options.keyfile = %3$s/server.key
        ssl_options.verify = verify_none
        management.ssl.ip = 127.0.0.1
        management.ssl.port = %2$d
        management.ssl.cacertfile = %3$s/anchor.crt
        management.ssl.certfile = %3$s/server.crt
        management.ssl.keyfile = %3$s/server.key
        default_user = %4$s
        default_pass = %5$s
        log.file = false
        log.console = true
        log.console.level = warning
        collect_statistics_interval = 1000
        """
            .formatted(port, managementPort, folder, ROOT, ROOT_PASSWORD, clear));
  }

  /// Also after [#stop]: the same accounts and queues, the same ports.
  @Override
  public void start() throws Exception {
    var erlang = programs.resolve("usr/lib/erlang");
    var machine = one(erlang, "erts-");
    var binaries = binaries(machine);
    processes.add(
        Processes.start(
            folder.resolve("names.log"),
            Map.of(),
            command(
                machine.resolve("bin/epmd"), "-address", "127.0.0.1", "-port", "" + namesPort)));
    var command = command(machine.resolve("bin/beam.smp"), "-W", "w", "-S", "2:2", "-sbwt", "none");
    command.addAll(List.of("--", "-root", erlang.toString(), "-bindir", binaries.toString()));
    command.addAll(List.of("-progname", "erl", "--", "-home", folder.toString(), "--"));
    command.addAll(List.of("-pa", "", "-noinput", "-s", "rabbit", "boot", "-boot", "start_sasl"));
    for (var unused : List.of("cpu_sup", "memsup", "disksup"))
      command.addAll(List.of("-os_mon", "start_" + unused, "false"));
    command.addAll(List.of("-epmd_port", "" + namesPort, "-start_epmd", "false"));
    processes.add(
        Processes.start(folder.resolve("server.log"), environment(erlang, binaries), command));
    Waiting.until("the broker answers", this::answers);
  }

  private boolean answers() throws InterruptedException {
    try {
      return root("GET", "health/checks/local-alarms", "").statusCode() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /// Waits until it tells of its processes: some seconds after each start.
  public void settle() throws Exception {
    Waiting.until("the broker tells of itself", () -> root("nodes").path(0).has("os_pid"));
  }

  private static Path one(Path in, String prefix) throws IOException {
    try (var files = Files.list(in)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith(prefix))
          .findFirst()
          .orElseThrow();
    }
  }

  /// Programs that the machine starts itself: those of another system by that system's own loader.
  private Path binaries(Path machine) throws IOException {
    if (!programs.foreign()) return machine.resolve("bin");
    for (var program : List.of("erl_child_setup", "inet_gethost")) {
      var starter = folder.resolve("bin").resolve(program);
      Files.writeString(
          starter,
          "#!/bin/sh\nexec %s \"$@\"\n"
              .formatted(String.join(" ", command(machine.resolve("bin").resolve(program)))));
      starter.toFile().setExecutable(true);
    }
    return folder.resolve("bin");
  }

  private List<String> command(Path program, String... arguments) {
    var command = programs.start(program.toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private Map<String, String> environment(Path erlang, Path binaries) throws IOException {
    var home = one(programs.resolve("usr/lib/rabbitmq/lib"), "rabbitmq_server-");
    var environment = new HashMap<String, String>();
    environment.put("HOME", folder.toString());
    environment.put("ROOTDIR", erlang.toString());
    environment.put("BINDIR", binaries.toString());
    environment.put("EMU", "beam");
    environment.put("PROGNAME", "erl");
    environment.put("ERL_LIBS", home.resolve("plugins") + ":" + erlang.resolve("lib"));
    environment.put("ERL_EPMD_PORT", "" + namesPort);
    environment.put("RABBITMQ_HOME", home.toString());
    environment.put("RABBITMQ_NODENAME", "rabbit" + port + "@localhost");
    environment.put("RABBITMQ_DIST_PORT", "" + clusterPort);
    environment.put("RABBITMQ_PLUGINS_DIR", home.resolve("plugins").toString());
    for (var file :
        Map.of(
                "MNESIA_BASE", "data",
                "LOG_BASE", "log",
                "CONFIG_FILE", "rabbitmq.conf",
                "ADVANCED_CONFIG_FILE", "advanced.config",
                "ENABLED_PLUGINS_FILE", "enabled_plugins",
                "CONF_ENV_FILE", "rabbitmq-env.conf",
                "PID_FILE", "pid")
            .entrySet())
      environment.put("RABBITMQ_" + file.getKey(), folder.resolve(file.getValue()).toString());
    return environment;
  }

  /// Asks the management API as the owner of the broker.
  public HttpResponse<String> root(String method, String path, String body)
      throws InterruptedException {
    return ask(ROOT, ROOT_PASSWORD, method, path, body);
  }

  /// The same, what it says as JSON.
  public JsonNode root(String path) throws InterruptedException {
    try {
      return JSON.readTree(root("GET", path, "").body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Asks the management API.
  ///
  /// @param path below `/api/`
  public HttpResponse<String> ask(
      String user, String password, String method, String path, String body)
      throws InterruptedException {
    var login = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    var request =
        HttpRequest.newBuilder(
                URI.create("https://127.0.0.1:%d/api/%s".formatted(managementPort, path)))
            .timeout(Duration.ofSeconds(10))
            .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(login))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      return again(request);
    }
  }

  /// The connection was one from before a restart.
  private HttpResponse<String> again(HttpRequest request) throws InterruptedException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes a virtual host, as the provider does.
  public void virtualHost(String name) throws InterruptedException {
    root("PUT", "vhosts/" + Urls.encoded(name), "{}");
  }

  /// Makes a queue that outlives the process, as the provider does.
  public void queue(String host, String name) throws InterruptedException {
    root("PUT", "queues/" + Urls.encoded(host) + "/" + Urls.encoded(name), "{\"durable\":true}");
  }

  /// A connection to a virtual host, as a workload opens it.
  public Connection connect(String user, String password, String host)
      throws IOException, TimeoutException {
    return connect(pki.anchor(), port, user, password, host);
  }

  /// The same with what verifies the broker.
  public static Connection connect(
      String anchor, int port, String user, String password, String host)
      throws IOException, TimeoutException {
    var factory = new ConnectionFactory();
    try {
      factory.useSslProtocol(Pki.context(anchor));
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
    factory.enableHostnameVerification();
    factory.setHost("127.0.0.1");
    factory.setPort(port);
    factory.setUsername(user);
    factory.setPassword(password);
    factory.setVirtualHost(host);
    factory.setAutomaticRecoveryEnabled(false);
    factory.setChannelShouldCheckRpcResponseType(true);
    return factory.newConnection();
  }

  /// The numbers in the queue of the writers; they stay there.
  @Override
  public Set<Long> written() {
    var ids = new HashSet<Long>();
    try (var connection = connect(ROOT, ROOT_PASSWORD, "/");
        Channel channel = connection.createChannel()) {
      for (var got = channel.basicGet(WRITES, false);
          got != null;
          got = channel.basicGet(WRITES, false))
        ids.add(Long.parseLong(new String(got.getBody(), StandardCharsets.US_ASCII)));
      return ids;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The owner's connection.
  public Connection owner(String host) throws IOException, TimeoutException {
    return connect(ROOT, ROOT_PASSWORD, host);
  }

  /// From outside it looks dead.
  @Override
  public void stop() {
    for (var process : processes) process.destroyForcibly().onExit().join();
    processes.clear();
  }

  /// Accepts connections, and is silent until it is thawed.
  public AutoCloseable frozen() throws IOException, InterruptedException {
    var pid = "" + processes.getLast().pid();
    new ProcessBuilder("kill", "-STOP", pid).start().waitFor();
    return () -> new ProcessBuilder("kill", "-CONT", pid).start().waitFor();
  }

  public Product product() {
    return product;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String administration() {
    return "\n  admin:\n    endpoint: {host: 127.0.0.1, port: %d}".formatted(managementPort);
  }

  public int managementPort() {
    return managementPort;
  }

  @Override
  public void close() {
    stop();
    http.close();
    Folders.delete(folder);
  }
}
