package dev.backingservice.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// The engine that the demo and the playground show: its servers, its examples, its service.
public enum Scene {
  POSTGRESQL("two PostgreSQL servers", "orders-db", "postgresql: {database: orders}") {
    @Override
    public Books start(Sandbox sandbox, String name) throws Exception {
      var server = sandbox.database(name, 17).withDatabase("orders");
      server.execute(
          "orders",
          "CREATE TABLE writes (id bigint PRIMARY KEY)",
          "ALTER TABLE writes OWNER TO bs_admin");
      return server;
    }
  },
  MYSQL("a MariaDB and a MySQL server", "orders-db", "mysql: {database: orders}") {
    @Override
    public Books start(Sandbox sandbox, String name) throws Exception {
      var other = name.endsWith("green") && another("mysql-server-core", "sid");
      var product = other ? Mysql.Product.MYSQL_9 : Mysql.Product.MARIADB_10_11;
      var server = sandbox.with(Mysql.start(product, name, sandbox.folder(), sandbox.pki()));
      server.withDatabase("orders");
      server.execute("CREATE TABLE orders.writes (id BIGINT PRIMARY KEY)");
      administrator(sandbox, name, Mysql.ADMIN, Mysql.ADMIN_PASSWORD);
      return server;
    }
  },
  REDIS("a Redis and a Valkey server", "orders-cache", "redis: {keyPrefix: \"orders:\"}") {
    @Override
    public Books start(Sandbox sandbox, String name) throws Exception {
      var other = name.endsWith("green") && another("valkey-server", "trixie");
      var product = other ? Redis.Product.VALKEY_8 : Redis.Product.REDIS_7;
      var server = sandbox.with(Redis.start(product, name, sandbox.folder(), sandbox.pki()));
      administrator(sandbox, name, Redis.ADMIN, Redis.ADMIN_PASSWORD);
      return server;
    }
  },
  SMTP(
      "two Postfix relays",
      "orders-mail",
      "smtp: {sender: orders@example.org, credentialsSecretName: mail-user}") {
    @Override
    public Books start(Sandbox sandbox, String name) throws Exception {
      var relay = sandbox.with(Postfix.start(name, sandbox.folder(), sandbox.pki()));
      relay.account(Postfix.USER, PASSWORD);
      sandbox.secret(name + "-ca", Map.of("ca.crt", sandbox.anchor()));
      return relay;
    }

    @Override
    String prefix() {
      return "mail-";
    }

    @Override
    String prerequisite() {
      return " create secret generic mail-user -n shop --from-literal=username=%s --from-literal=password=%s"
          .formatted(Postfix.USER, PASSWORD);
    }
  },
  RABBITMQ("two RabbitMQ brokers", "orders-queue", "rabbitmq: {prefix: orders-}") {
    @Override
    public long pause() {
      return 12; // see engines.md: a slot rests
    }

    @Override
    public Books start(Sandbox sandbox, String name) throws Exception {
      var other = name.endsWith("green") && another("rabbitmq-server", "trixie");
      var product = other ? Rabbitmq.Product.RABBITMQ_4 : Rabbitmq.Product.RABBITMQ_3;
      var server = sandbox.with(Rabbitmq.start(product, name, sandbox.folder(), sandbox.pki()));
      server.queue("/", Rabbitmq.WRITES);
      server.settle();
      administrator(sandbox, name, Rabbitmq.ADMIN, Rabbitmq.ADMIN_PASSWORD);
      return server;
    }
  };

  /// As the examples have it.
  private static final String PASSWORD = "replace-me";

  private final String servers;
  private final String service;
  private final String block;

  Scene(String servers, String service, String block) {
    this.servers = servers;
    this.service = service;
    this.block = block;
  }

  /// The one that the first argument names; PostgreSQL without one.
  ///
  /// @throws Program.WrongArgument with what may be named
  public static Scene of(String... arguments) {
    if (arguments.length == 0) return POSTGRESQL;
    return Stream.of(values())
        .filter(s -> s.engine().equals(arguments[0]))
        .findFirst()
        .orElseThrow(
            () ->
                new Program.WrongArgument(
                    "ENGINE is one of "
                        + String.join(", ", Stream.of(values()).map(Scene::engine).toList())));
  }

  /// A server with the place that writers write to, and the Secrets that its BackingServer names.
  public abstract Books start(Sandbox sandbox, String name) throws Exception;

  public String engine() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// How long nobody swaps back, in seconds.
  public long pause() {
    return 0;
  }

  /// What the names of its BackingServers begin with.
  String prefix() {
    return "orders-";
  }

  /// What has to be there before its service, as an argument of kubectl; empty text for nothing.
  String prerequisite() {
    return "";
  }

  String servers() {
    return servers;
  }

  String service() {
    return service;
  }

  /// What its service asks for, in YAML flow style.
  public String block() {
    return block;
  }

  public Path examples() {
    return Path.of("operator/examples", engine());
  }

  /// The BackingServers of the examples, which lead to servers that run.
  ///
  /// @param servers by color
  String registered(Map<String, Books> servers) throws IOException {
    var yaml = Files.readString(examples().resolve("1-servers.yaml"));
    for (var server : servers.entrySet())
      yaml =
          yaml.replaceAll(
              "host: %s[.].*\n  port: .*%s"
                  .formatted(
                      server.getKey(),
                      server.getValue().administration().isEmpty() ? "" : "\n  admin:"),
              "host: 127.0.0.1\n  port: "
                  + server.getValue().port()
                  + server.getValue().administration());
    return yaml;
  }

  /// The same for every namespace, under names without a prefix.
  public String registeredForAll(Map<String, Books> servers) throws IOException {
    return registered(servers)
        .replace(prefix(), "")
        .replaceAll("from: Selector\\n.*\\n.*", "from: All");
  }

  private static void administrator(Sandbox sandbox, String name, String user, String password) {
    sandbox.secret(name + "-admin", Map.of("username", user, "password", password));
    sandbox.secret(name + "-ca", Map.of("ca.crt", sandbox.anchor()));
  }

  /// Whether a product of another Debian version can be had here.
  private static boolean another(String debianPackage, String suite) throws InterruptedException {
    try {
      Programs.of(suite, debianPackage);
      return true;
    } catch (IOException | IllegalStateException e) {
      System.out.println(
          "%s of Debian %s cannot be had here, so both servers are of one product: see above"
              .formatted(debianPackage, suite));
      return false;
    }
  }

  /// The colors of the two servers.
  public static final List<String> COLORS = List.of("blue", "green");
}
