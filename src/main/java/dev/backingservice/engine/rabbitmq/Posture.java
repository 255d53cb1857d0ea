package dev.backingservice.engine.rabbitmq;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Finding.Id;
import dev.backingservice.model.Reason;
import dev.backingservice.model.ServerText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What is weak about a broker, and whether its administrator can lock accounts.
record Posture(Registry registry, Api api) {
  private static final String GUEST = "guest";
  private static final int NAMED = 3;
  private static final String ENABLE =
      "upgrade to RabbitMQ 3.10 or newer and rabbitmqctl enable_feature_flag user_limits";
  private static final Set<String> AMQP = Set.of("amqp", "amqp/ssl");
  private static final Set<String> IN_CLEAR = Set.of("amqp", "http", "mqtt", "stomp", "stream");

  List<Finding> look() throws EngineException {
    var findings = new ArrayList<Finding>();
    var server = registry.server();
    server.unverified().ifPresent(findings::add);
    if (Connections.letsIn(server, GUEST, GUEST))
      findings.add(
          new Finding(
              Id.GuestReachable,
              "the account guest is let in with the password that everybody knows",
              "rabbitmqctl delete_user guest"));
    var clear = clear(api.get("overview?columns=listeners.protocol,listeners.port"), server);
    if (!clear.isEmpty())
      findings.add(
          new Finding(
              Id.PlaintextAccepted,
              "connections without TLS are accepted: " + String.join(", ", clear),
              "listeners.tcp = none in rabbitmq.conf, and the same for plug-ins"));
    if (!limits())
      findings.add(new Finding(Id.OldVersion, "this broker has no limits for accounts", ENABLE));
    var others = policyMakers();
    if (!others.isEmpty())
      findings.add(
          new Finding(
              Id.MarksWritable,
              "accounts with the tag policymaker may take away or put back what the operator writes down: "
                  + String.join(", ", others),
              "take the tag from accounts of applications: rabbitmqctl set_user_tags"));
    var shared = new Claims(registry, api).shared();
    if (!shared.isEmpty())
      findings.add(
          new Finding(
              Id.VirtualHostShared,
              "several namespaces use virtual host %s: each may send to the queues of the others"
                  .formatted(String.join(", ", new TreeSet<>(shared))),
              "give each team a virtual host of its own"));
    return List.copyOf(findings);
  }

  /// The protocols that are spoken without TLS.
  ///
  /// @param overview what the management API tells of listeners: nothing where its statistics are
  ///     switched off (`management_agent.disable_metrics_collector`). It answers before the node
  ///     that starts listens for applications.
  /// @throws EngineException while nothing listens for AMQP
  static Set<String> clear(JsonNode overview, Server server) throws EngineException {
    var protocols = new TreeSet<String>();
    for (var listener : overview.path("listeners"))
      protocols.add(Connections.text(listener, "protocol"));
    if (overview.has("listeners") && Collections.disjoint(protocols, AMQP))
      throw EngineException.of(
          Reason.ServerUnreachable,
          "%s (%s) does not listen for AMQP: it is starting, or rabbitmq.conf names no listener"
              .formatted(server.name(), server.admin()));
    protocols.retainAll(IN_CLEAR);
    return protocols;
  }

  /// Global parameters are theirs, too.
  private List<String> policyMakers() throws EngineException {
    var names = new ArrayList<String>();
    for (var user : api.get("users?columns=name,tags"))
      if (Account.tags(user).contains("policymaker") && names.size() < NAMED)
        names.add(ServerText.clean(Connections.text(user, "name")));
    return names;
  }

  Optional<Failure> fenceable() throws EngineException {
    return limits()
        ? Optional.empty()
        : Optional.of(
            new Failure(
                Reason.AdminTooWeak,
                "accounts of %s cannot be locked: %s".formatted(registry.server().name(), ENABLE)));
  }

  /// Whether accounts can be limited: newer brokers have no flag for it any more.
  private boolean limits() throws EngineException {
    for (var flag : api.get("feature-flags?columns=name,state"))
      if (Connections.text(flag, "name").equals("user_limits"))
        return Connections.text(flag, "state").equals("enabled");
    return true;
  }
}
