package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Pki;
import dev.backingservice.sandbox.Processes;
import dev.backingservice.sandbox.Redis;
import dev.backingservice.sandbox.Redis.Product;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.cloud.bindings.Bindings;
import org.springframework.cloud.bindings.boot.RedisBindingsPropertiesProcessor;
import org.springframework.core.env.StandardEnvironment;

/// What clients make of the binding of a Redis and of a Valkey server, as it is mounted.
class RedisBindingIT {
  private final Stage stage = new Stage();
  @TempDir Path root;
  @TempDir Path data;

  @ParameterizedTest
  @EnumSource(names = {"REDIS_7", "VALKEY_8"})
  void clientsReadItAndConnect(Product product) throws Exception {
    // Given
    try (var redis = attached(product)) {
      // Then
      var url = URI.create(spring().get("spring.data.redis.url").toString());
      assertThat(url.getScheme()).as("TLS").isEqualTo("rediss");
      var login = url.getUserInfo().split(":");
      try (var session =
          Redis.session(
              Pki.trusting(Files.readString(root.resolve(stage.service).resolve("ca.crt"))),
              url.getPort(),
              login[0],
              login[1])) {
        assertThat(session.ask("SET", "orders:1", "x")).isEqualTo("+OK");
      }
      assertThat(commandLine("GET", "orders:1")).isEqualTo("x");
      assertThat(redis.product()).isEqualTo(product);
    }
  }

  /// And mounts it as a kubelet does: every key a file.
  private Redis attached(Product product) throws Exception {
    var redis = Redis.start(product, stage.blue, data, stage.sandbox.pki());
    stage.sandbox.secret(stage.blue + "-ca", Map.of("ca.crt", stage.sandbox.anchor()));
    stage.sandbox.secret(
        stage.blue + "-admin", Map.of("username", Redis.ADMIN, "password", Redis.ADMIN_PASSWORD));
    stage.sandbox.apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingServer
        metadata: {name: %1$s}
        spec:
          engine: Redis
          host: 127.0.0.1
          port: %2$d
          admin: {secretName: %1$s-admin}
          tls: {ca: {secretName: %1$s-ca}}
          allowedNamespaces: {from: All}
        ---
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: %3$s, namespace: %4$s}
        spec:
          server: %1$s
          redis: {keyPrefix: "orders:"}
          binding: {keystore: None}
        """
            .formatted(stage.blue, redis.port(), stage.service, stage.namespace));
    stage.eventually("Ready", "True/Ready");
    var folder = Files.createDirectory(root.resolve(stage.service));
    for (var entry : stage.secret().getData().entrySet())
      Files.write(folder.resolve(entry.getKey()), Base64.getDecoder().decode(entry.getValue()));
    return redis;
  }

  private Map<String, Object> spring() {
    var properties = new HashMap<String, Object>();
    new RedisBindingsPropertiesProcessor()
        .process(new StandardEnvironment(), new Bindings(root.toString()), properties);
    return properties;
  }

  /// The client of the server's own package, with the URL of the binding.
  private String commandLine(String... command) throws Exception {
    var line =
        new ArrayList<>(
            List.of(
                "redis-cli",
                "--no-auth-warning",
                "-u",
                stage.bound("uri"),
                "--cacert",
                root.resolve(stage.service).resolve("ca.crt").toString()));
    line.addAll(List.of(command));
    return Processes.run(line).strip();
  }
}
