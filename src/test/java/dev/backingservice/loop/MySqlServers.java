package dev.backingservice.loop;

import dev.backingservice.sandbox.Mysql;
import dev.backingservice.sandbox.Mysql.Product;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;

/// MariaDB and MySQL servers of a stage, with database `orders`.
record MySqlServers(Stage stage, Path folder) {
  /// One that is running, and a BackingServer for it.
  Mysql start(Product product, String name) throws Exception {
    var mysql = Mysql.start(product, name, folder, stage.sandbox.pki());
    mysql.withDatabase("orders");
    mysql.execute("CREATE TABLE orders.writes (id BIGINT PRIMARY KEY)");
    register(name, mysql.port(), Mysql.ADMIN, Mysql.ADMIN_PASSWORD);
    return mysql;
  }

  /// A BackingServer with its Secrets.
  void register(String name, int port, String user, String password) {
    stage.sandbox.secret(name + "-ca", Map.of("ca.crt", stage.sandbox.anchor()));
    stage.sandbox.secret(name + "-admin", Map.of("username", user, "password", password));
    stage.sandbox.apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingServer
        metadata: {name: %1$s}
        spec:
          engine: MySQL
          host: 127.0.0.1
          port: %2$d
          admin: {secretName: %1$s-admin}
          tls: {ca: {secretName: %1$s-ca}}
          allowedNamespaces: {from: All}
        """
            .formatted(name, port));
  }

  /// The same server under another name, whose administrator may keep nothing there.
  void least(Mysql mysql, String name) throws SQLException {
    mysql.execute(
        "CREATE USER least@'%' IDENTIFIED BY 'the least password' REQUIRE SSL",
        "GRANT CREATE USER, PROCESS, CONNECTION ADMIN ON *.* TO least@'%'",
        "GRANT SELECT, SHOW VIEW, INSERT, UPDATE, DELETE, EXECUTE, CREATE TEMPORARY TABLES ON orders.* TO least@'%' WITH GRANT OPTION");
    register(name, mysql.port(), "least", "the least password");
  }

  /// A service on a server.
  ///
  /// @param block in YAML flow style
  /// @param more the rest of the spec
  void apply(String service, String server, String block, String more) {
    stage.sandbox.develop(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: %s, namespace: %s}
        spec:
          server: %s
          mysql: {%s}
        %s
        """
            .formatted(service, stage.namespace, server, block, more));
  }
}
