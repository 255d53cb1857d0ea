package dev.backingservice.plan;

import dev.backingservice.engine.generic.GenericEngine;
import dev.backingservice.model.Abilities;
import dev.backingservice.model.Access;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Credentials;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Intent;
import dev.backingservice.model.LoginNames;
import dev.backingservice.model.Place;
import dev.backingservice.model.Published;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Standing;
import dev.backingservice.model.Standing.Holds;
import dev.backingservice.model.SwapPolicy;
import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector;
import dev.backingservice.plan.ServerFact.Sight;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the operator sees of a world.
final class WorldFacts {
  private static final Abilities ABILITIES =
      new Abilities(
          Set.of(Access.values()),
          Abilities.Fence.Proven,
          Abilities.Accounts.PerServer,
          Abilities.Overlap.TwoLogins,
          Abilities.Refusal.Told);

  private static final Abilities GIVEN = new GenericEngine().abilities();

  private WorldFacts() {}

  static Facts of(World w, SwapPolicy policy) {
    var facts = recorded(w, policy);
    facts = facts.withServers(known(w, facts));
    if (Places.everywhere(facts) || !w.searched()) facts = facts.withServers(all(w, facts));
    return Preflight.due(facts) ? facts.withProbe(Optional.of(probe(w, facts))) : facts;
  }

  static Facts recorded(World w, SwapPolicy policy) {
    return new Facts(
        new Facts.Service(
            new ServiceId("shop", "orders-db", w.spec().uid()),
            "namespace-uid",
            1,
            "1",
            w.spec().life() == World.Life.Deleting ? Facts.Life.Deleting : Facts.Life.Living,
            w.spec().marked(),
            w.spec().givesNothing() ? ABILITIES : GIVEN,
            given(w),
            logins(w),
            w.spec().said(),
            Set.of()),
        w.spec().sound()
            ? new Facts.Request.Understood(intent(w, policy))
            : new Facts.Request.Refused(
                new Failure(Reason.NotYetSupported, "remove it"), Optional.of(intent(w, policy))),
        published(w),
        w.memory(),
        Map.of(),
        workloads(w),
        Optional.empty(),
        Optional.empty(),
        w.late() ? policy.fenceTimeout() : Duration.ZERO,
        List.of());
  }

  private static Facts.Given given(World w) {
    return w.spec().given().equals(World.MISSING)
        ? new Facts.Given(
            "", Optional.of(new Failure(Reason.CredentialsMissing, "the Secret is missing")))
        : new Facts.Given(w.spec().given(), Optional.empty());
  }

  /// Other content may be of another account.
  private static LoginNames logins(World w) {
    if (w.spec().givesNothing()) return World.LOGINS;
    var name =
        switch (w.spec().given()) {
          case World.MISSING -> "";
          case "3" -> "other";
          default -> "orders";
        };
    return new LoginNames(name, name);
  }

  private static Published published(World w) {
    if (w.grip() == World.Grip.Foreign) return new Published.Foreign();
    return w.secret()
        .<Published>map(
            s ->
                new Published.Binding(
                    s.active(),
                    s.requested(),
                    s.shape().fingerprint(BindingShape.USUAL_TLS),
                    s.given(),
                    s.shape().mountPath(),
                    s.aborted(),
                    s.debts(),
                    Optional.empty(),
                    false,
                    "" + s.version()))
        .orElse(new Published.None());
  }

  private static List<WorkloadFact> workloads(World w) {
    var path = w.secret().map(World.Secret::shape).orElse(shape(w)).mountPath();
    return List.of(
        new WorkloadFact(
            new WorkloadKey(WorkloadSelector.Kind.Deployment, "orders"),
            "pods",
            Optional.of(new WorkloadFact.Choice(Set.of(), WorkloadSelector.Injection.Full)),
            w.pods().epoch(),
            w.pods().epoch() > 0 && w.pods().path().equals(path),
            w.pods().rolled(),
            Optional.empty(),
            Optional.empty()));
  }

  private static Map<String, ServerFact> known(World w, Facts facts) {
    var seen = new HashMap<String, ServerFact>();
    for (var place : Places.known(facts))
      if (w.names().containsKey(place.server()))
        seen.put(place.server(), fact(w, place.server(), facts));
    return seen;
  }

  private static Map<String, ServerFact> all(World w, Facts facts) {
    var seen = new HashMap<String, ServerFact>();
    for (var name : w.names().keySet()) seen.put(name, fact(w, name, facts));
    return seen;
  }

  /// A server that does not admit the namespace is not asked, unless something of the service is
  /// there.
  private static ServerFact fact(World w, String name, Facts facts) {
    var consent =
        w.name(name).mood() == World.Mood.Closed
            ? Optional.of(new Failure(Reason.ServerNotAvailable, name + " is closed"))
            : Optional.<Failure>empty();
    var admission =
        new ServerFact.Admission(
            consent,
            Optional.empty(),
            Map.of(),
            1000,
            w.name(name).gone(),
            BindingShape.USUAL_TLS,
            w.spec().givesNothing() ? lineage(w.name(name)) : "uid-" + name,
            false);
    var sight =
        Places.hidden(facts, name, admission)
            ? new Sight.Troubled(consent.orElseThrow())
            : sight(w, name);
    return new ServerFact(name, admission, sight);
  }

  private static String lineage(World.Name name) {
    return name.accepted().isEmpty() ? name.lineage() : name.accepted();
  }

  /// A handshake tells nothing but that somebody is there.
  private static Sight handshake(World w, String name) {
    return switch (w.name(name).mood()) {
      case Down ->
          new Sight.Silent(new Failure(Reason.ServerUnreachable, name + " does not answer"));
      case Refusing -> new Sight.Troubled(new Failure(Reason.ProtocolMismatch, "no TLS"));
      case Well, Stuck, Empty, Taken, Partial, Closed ->
          new Sight.Answers(
              new Identity(
                  "uid-" + name, w.name(name).instance(), "", "", Identity.Role.Primary, ""),
              new Standing(Map.of()));
    };
  }

  private static Sight sight(World w, String name) {
    if (!w.spec().givesNothing()) return handshake(w, name);
    var at = w.name(name);
    return switch (at.mood()) {
      case Down ->
          new Sight.Silent(new Failure(Reason.ServerUnreachable, name + " does not answer"));
      case Refusing -> new Sight.Troubled(new Failure(Reason.AdminRefused, "refused"));
      case Well, Stuck, Empty, Taken, Partial, Closed -> {
        var instance = w.at(name);
        yield known(at, instance)
            ? new Sight.Answers(identity(at.instance(), instance), standing(instance))
            : new Sight.Stranger(new Failure(Reason.IdentityChanged, "another server"));
      }
    };
  }

  private static boolean known(World.Name name, World.Instance instance) {
    return instance.lineage().equals(name.lineage()) || instance.lineage().equals(name.accepted());
  }

  static Identity identity(String name, World.Instance instance) {
    var role = instance.standby() ? Identity.Role.Replica : Identity.Role.Primary;
    return new Identity(instance.lineage(), name + "/1", "" + instance.timeline(), "", role, "17");
  }

  private static Standing standing(World.Instance server) {
    var logins = new HashMap<String, Standing.Login>();
    server
        .logins()
        .forEach(
            (name, l) ->
                logins.put(
                    name,
                    new Standing.Login(
                        l.open() ? Holds.Works : Holds.Locked,
                        l.epoch(),
                        l.superseded(),
                        l.access(),
                        l.uid(),
                        l.server(),
                        l.used() ? 1 : 0,
                        List.of())));
    return new Standing(logins);
  }

  private static Probe probe(World w, Facts facts) {
    var write =
        w.grip() == World.Grip.Free
            ? Optional.<Failure>empty()
            : Optional.of(new Failure(Reason.SecretNotOwned, "it cannot be written"));
    return new Probe(
        Optional.empty(),
        sameness(w, facts),
        w.spec().givesNothing() ? contents(w, facts) : Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        write);
  }

  private static Optional<Probe.Contents> contents(World w, Facts facts) {
    boolean compared = w.name(facts.active().orElseThrow().server()).answers();
    boolean empty = w.name(w.spec().server()).mood() == World.Mood.Empty;
    var missing = compared && empty ? List.of("orders") : List.<String>of();
    return Optional.of(
        new Probe.Contents(
            empty ? 0 : 1, compared ? new Probe.Before.Named(missing) : new Probe.Before.Unread()));
  }

  private static Probe.Sameness sameness(World w, Facts facts) {
    var from = facts.active().orElseThrow().server();
    var to = w.spec().server();
    if (!w.name(from).answers() || !w.name(to).answers()) return Probe.Sameness.Untold;
    return w.name(from).instance().equals(w.name(to).instance())
        ? Probe.Sameness.Same
        : Probe.Sameness.Different;
  }

  private static Intent intent(World w, SwapPolicy policy) {
    return new Intent(
        w.spec().givesNothing() ? EngineKind.PostgreSQL : EngineKind.Generic,
        new Place(
            w.spec().server(),
            w.spec().givesNothing() ? new Scope.Schema("orders", "public") : new Scope.Whole()),
        w.spec().givesNothing() ? new Credentials.Derived() : new Credentials.Given("kafka-user"),
        w.spec().life().state(),
        w.spec().access(),
        new Intent.Limits(20, Duration.ZERO),
        Intent.CreateDatabase.Never,
        true,
        shape(w),
        List.of(),
        Intent.Rollout.Restart,
        policy,
        Duration.ofHours(2160),
        Intent.DeletionPolicy.Retain);
  }

  static BindingShape shape(World w) {
    return new BindingShape(
        "orders-db",
        "orders-db",
        "/bindings" + w.spec().shape(),
        Map.of(),
        Map.of(),
        "",
        true,
        List.of());
  }
}
