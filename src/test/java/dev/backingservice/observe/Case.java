package dev.backingservice.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backingservice.api.BackingService;
import dev.backingservice.engine.Engines;
import dev.backingservice.engine.Term;
import dev.backingservice.engine.generic.GenericEngine;
import dev.backingservice.engine.postgresql.PostgresEngine;
import dev.backingservice.engine.rabbitmq.RabbitMqEngine;
import dev.backingservice.engine.redis.RedisEngine;
import dev.backingservice.engine.smtp.SmtpEngine;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Debt;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Intent;
import dev.backingservice.model.LoginNames;
import dev.backingservice.model.Place;
import dev.backingservice.model.Published;
import dev.backingservice.model.Reason;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Standing;
import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Outcome;
import dev.backingservice.plan.Plan;
import dev.backingservice.plan.Planner;
import dev.backingservice.plan.ServerFact;
import dev.backingservice.plan.ServerFact.Sight;
import dev.backingservice.plan.WorkloadFact;
import dev.backingservice.status.MemoryReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// One story, read from its folder.
///
/// @param seen what the observer would see besides the resource
record Case(BackingService service, JsonNode seen) {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final LoginNames LOGINS = new LoginNames("bs_orders_db_a", "bs_orders_db_b");
  private static final Term TERM =
      new Term() {
        @Override
        public long mine() {
          return 1;
        }

        @Override
        public boolean raiseAbove(long found) {
          return false;
        }
      };
  static final Engines ENGINES =
      new Engines(
          List.of(
              new PostgresEngine(new RootKey(new byte[32]), TERM, 1),
              new RedisEngine(new RootKey(new byte[32]), TERM, 1),
              new RabbitMqEngine(new RootKey(new byte[32]), TERM, 1),
              new SmtpEngine(),
              new GenericEngine()));

  static Case read(Path story) throws IOException {
    return new Case(
        YAML.readValue(story.resolve("in-service.yaml").toFile(), BackingService.class),
        YAML.readTree(story.resolve("in-seen.yaml").toFile()));
  }

  Instant now() {
    return Instant.parse(seen.path("now").asText());
  }

  Plan plan() {
    return Planner.plan(facts(), now());
  }

  /// Everything succeeds; a fence is proven.
  List<Outcome> outcomes(Plan plan) {
    return plan.actions().stream().map(a -> new Outcome(a, result(a))).toList();
  }

  private Outcome.Result result(Action action) {
    return switch (action) {
      case Action.Fence fence -> fenced(fence.server());
      case Action.Settle settle -> fenced(settle.server());
      case Action.Publish publish -> new Outcome.Result.Written(ends(publish));
      default -> new Outcome.Result.Done();
    };
  }

  private Instant ends(Action.Publish publish) {
    var life = facts().intent().map(Intent::certificateLife).orElse(Duration.ZERO);
    return publish.certificateEnds().orElse(now().plus(life));
  }

  private Outcome.Result fenced(String server) {
    var standby = seen.path("servers").path(server).path("role").asText().equals("Replica");
    var result = standby ? FenceProof.Result.ReadOnly : FenceProof.Result.Verified;
    return new Outcome.Result.Fenced(new FenceProof(result, "1/later@00000001", "", 3, now()));
  }

  private Facts facts() {
    var meta = service.getMetadata();
    var request = IntentReader.read(service, ENGINES);
    var id = new ServiceId(meta.getNamespace(), meta.getName(), "uid");
    var annotations = Objects.requireNonNullElse(meta.getAnnotations(), Map.<String, String>of());
    return new Facts(
        new Facts.Service(
            id,
            seen.path("namespaceUid").asText("namespace-uid"),
            meta.getGeneration(),
            "1",
            meta.getDeletionTimestamp() == null ? Facts.Life.Living : Facts.Life.Deleting,
            annotations.containsKey("backingservice.dev/attached"),
            ENGINES.find(EngineKind.PostgreSQL).orElseThrow().abilities(),
            Facts.Given.NOTHING,
            LOGINS,
            new Facts.Annotations("", "", "", "", ""),
            taken()),
        request,
        published(request),
        MemoryReader.read(service.getStatus()),
        servers(),
        rows(seen.path("workloads")).map(Case::workload).toList(),
        Optional.empty(),
        login(),
        Duration.ofSeconds(seen.path("inPhaseSeconds").asLong()),
        List.of());
  }

  private Optional<Facts.Login> login() {
    var login = seen.path("login");
    if (login.isMissingNode()) return Optional.empty();
    if (login.has("held"))
      return Optional.of(new Facts.Login.LetIn(OptionalInt.of(login.path("held").asInt())));
    return login.has("full")
        ? Optional.of(new Facts.Login.Full(failure(Reason.LoginRefused, login.path("full"))))
        : Optional.of(
            new Facts.Login.TurnedAway(failure(Reason.LoginRefused, login.path("refused"))));
  }

  private static Failure failure(Reason reason, JsonNode why) {
    return new Failure(reason, why.asText());
  }

  private static Stream<JsonNode> rows(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  private Published published(Facts.Request request) {
    var secret = seen.path("secret");
    if (secret.isMissingNode()) return new Published.None();
    if (secret.path("foreign").asBoolean()) return new Published.Foreign();
    var shape =
        request instanceof Facts.Request.Understood(var intent)
            ? intent.binding().fingerprint(secret.path("clientTls").asText(BindingShape.USUAL_TLS))
            : "";
    if (!secret.path("genuine").asBoolean(true)) return new Published.Edited("7");
    return new Published.Binding(
        attachment(secret),
        place(secret.path("requested").asText()),
        shape,
        "",
        request instanceof Facts.Request.Understood(var i) ? i.binding().mountPath() : "/bindings",
        0,
        rows(secret.path("debts"))
            .map(d -> new Debt(attachment(d), Instant.EPOCH, d.path("running").asText(), "owed"))
            .toList(),
        Optional.ofNullable(secret.get("certificateEnds")).map(e -> Instant.parse(e.asText())),
        secret.path("outdated").asBoolean(),
        "7");
  }

  private static Attachment attachment(JsonNode node) {
    return new Attachment(
        place(node.path("server").asText()),
        node.path("serverId").asText(),
        node.path("login").asText(),
        Access.ReadWrite,
        node.path("epoch").asLong());
  }

  private static Place place(String server) {
    return new Place(server, new Scope.Schema("orders", "public"));
  }

  private Map<String, ServerFact> servers() {
    var servers = new HashMap<String, ServerFact>();
    seen.path("servers")
        .properties()
        .forEach(s -> servers.put(s.getKey(), server(s.getKey(), s.getValue())));
    return servers;
  }

  private static ServerFact server(String name, JsonNode node) {
    var consent =
        Optional.ofNullable(node.get("refuses"))
            .map(why -> new Failure(Reason.ServerNotAvailable, why.asText()));
    var admission =
        new ServerFact.Admission(
            consent,
            Optional.ofNullable(node.get("weak")).map(why -> failure(Reason.PostureRefused, why)),
            Map.of(),
            1000,
            node.path("gone").asText(),
            BindingShape.USUAL_TLS,
            "1",
            false);
    return new ServerFact(name, admission, sight(name, node));
  }

  private static Sight sight(String name, JsonNode node) {
    if (node.has("silent"))
      return new Sight.Silent(new Failure(Reason.ServerUnreachable, node.path("silent").asText()));
    var logins = new HashMap<String, Standing.Login>();
    node.path("logins")
        .properties()
        .forEach(
            l ->
                logins.put(
                    l.getKey(),
                    new Standing.Login(
                        Standing.Holds.valueOf(l.getValue().path("holds").asText()),
                        l.getValue().path("epoch").asLong(),
                        l.getValue().path("superseded").asLong(),
                        Access.ReadWrite,
                        l.getValue().path("uid").asText("uid"),
                        name,
                        l.getValue().path("sessions").asInt(),
                        List.of())));
    return new Sight.Answers(
        new Identity(
            node.path("serverId").asText(),
            node.path("instanceId").asText(),
            node.path("timeline").asText(),
            node.path("position").asText(),
            Identity.Role.valueOf(node.path("role").asText("Primary")),
            "17"),
        new Standing(logins));
  }

  private Set<Place> taken() {
    return rows(seen.path("taken"))
        .map(
            n ->
                new Place(
                    n.path("server").asText(),
                    new Scope.Schema(n.path("database").asText(), n.path("schema").asText())))
        .collect(Collectors.toSet());
  }

  private static WorkloadFact workload(JsonNode node) {
    return new WorkloadFact(
        new WorkloadKey(
            WorkloadSelector.Kind.valueOf(node.path("kind").asText()), node.path("name").asText()),
        "uid",
        node.path("chosen").asBoolean(true)
            ? Optional.of(new WorkloadFact.Choice(Set.of(), WorkloadSelector.Injection.Full))
            : Optional.empty(),
        node.path("epoch").asLong(),
        node.path("intact").asBoolean(true),
        node.path("rolledOut").asBoolean(true),
        Optional.empty(),
        Optional.ofNullable(node.get("problem")).map(why -> failure(Reason.WorkloadConflict, why)));
  }
}
