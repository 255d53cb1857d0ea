package dev.backingservice.cluster;

import dev.backingservice.api.BackingServer;
import dev.backingservice.sandbox.Kubectl;
import java.util.Map;
import java.util.TreeMap;

/// What the operator writes, in a form that changes when anything of it is written.
record Snapshot(Map<String, String> versions) {
  private static final String CATALOG =
      """
      SELECT md5(string_agg(row, ',' ORDER BY row)) FROM (
        SELECT 'role ' || rolname || xmin FROM pg_authid
        UNION ALL SELECT 'member ' || roleid || ' ' || member || ' ' || xmin FROM pg_auth_members
        UNION ALL SELECT 'setting ' || setrole || ' ' || setdatabase || ' ' || xmin FROM pg_db_role_setting
        UNION ALL SELECT 'database ' || datname || coalesce(datacl::text, '') FROM pg_database) AS rows(row)
      """;

  static Snapshot of(Kubectl kubectl, Databases databases) throws Exception {
    var versions = new TreeMap<String, String>();
    var client = kubectl.admin();
    var service = kubectl.service(Shop.NAMESPACE, Shop.SERVICE);
    versions.put("service", service.getMetadata().getResourceVersion());
    for (var server : client.resources(BackingServer.class).list().getItems())
      versions.put(
          "server " + server.getMetadata().getName(), server.getMetadata().getResourceVersion());
    for (var secret : client.secrets().inNamespace(Shop.NAMESPACE).list().getItems())
      versions.put(
          "secret " + secret.getMetadata().getName(), secret.getMetadata().getResourceVersion());
    var deployment =
        client.apps().deployments().inNamespace(Shop.NAMESPACE).withName("orders").get();
    versions.put("workload", String.valueOf(deployment.getMetadata().getGeneration()));
    for (var server : Databases.SERVERS)
      versions.put("catalog " + server, databases.ask(server, CATALOG));
    return new Snapshot(versions);
  }
}
