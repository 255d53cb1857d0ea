package dev.backingservice.engine.rabbitmq;

import dev.backingservice.engine.EngineException;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Identity.Role;
import dev.backingservice.model.Names;
import java.util.TreeSet;

/// Who a broker is: its cluster, and the processes of its nodes.
final class Identification {
  private static final int DIGITS = 16;

  private Identification() {}

  /// A node that is started again is another process, and may have read its definitions anew.
  static Identity read(Api api) throws EngineException {
    var cluster =
        Connections.text(api.get("global-parameters/internal_cluster_id"), "value")
            .replace("rabbitmq-cluster-id-", "");
    if (cluster.isEmpty()) throw Api.unexpected(api.server());
    var processes = new TreeSet<String>();
    for (var node : api.get("nodes?columns=name,os_pid,running")) {
      if (!node.path("running").asBoolean()) continue;
      processes.add(Connections.text(node, "name") + "=" + Connections.text(node, "os_pid"));
    }
    var version =
        Connections.text(api.get("overview?columns=rabbitmq_version"), "rabbitmq_version");
    var running = Names.digest(processes.toArray(String[]::new)).substring(0, DIGITS);
    return new Identity(
        cluster, cluster + "/" + running, "", "", Role.Primary, "RabbitMQ " + version);
  }
}
