package dev.backingservice.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Access;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.Standing;
import dev.backingservice.model.SwapPolicy;
import dev.backingservice.model.SwapPolicy.IfNotDrained;
import dev.backingservice.plan.Probe.Before;
import dev.backingservice.plan.ServerFact.Sight;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What stands in the way of an edit from server a to server b, one guard after the other.
class PreflightTest {
  private static final Failure WHY = new Failure(Reason.ServerNotAvailable, "because");

  private final World world =
      edited(new WorldLaws(policy(IfNotDrained.Abort)).settled(World.start()));

  private static SwapPolicy policy(IfNotDrained ifNotDrained) {
    return World.policy(SwapPolicy.IfUnreachable.Proceed, ifNotDrained);
  }

  private static World edited(World world) {
    return world.asking(world.spec().on("b"));
  }

  private Facts facts() {
    return WorldFacts.of(world, policy(IfNotDrained.Abort));
  }

  private static Facts sees(Facts f, String name, Sight sight) {
    var servers = new HashMap<>(f.servers());
    var was = f.server(name).orElseThrow();
    servers.put(name, new ServerFact(name, was.admission(), sight));
    return f.withServers(servers);
  }

  private static Facts admits(Facts f, Optional<Failure> consent, Optional<Failure> posture) {
    var servers = new HashMap<>(f.servers());
    var was = f.server("b").orElseThrow();
    var admission = was.admission();
    servers.put(
        "b",
        new ServerFact(
            "b",
            new ServerFact.Admission(
                consent,
                posture,
                admission.databases(),
                admission.maxConnections(),
                admission.gone(),
                admission.clientTls(),
                admission.lineage(),
                admission.trusted()),
            was.sight()));
    return f.withServers(servers);
  }

  private static Sight answers(String serverId, Identity.Role role) {
    return new Sight.Answers(
        new Identity(serverId, serverId + "/9", "00000001", "", role, "17"),
        new Standing(Map.of()));
  }

  private static Facts probed(Facts f, Probe probe) {
    return f.withProbe(Optional.of(probe));
  }

  private static Probe contents(Probe.Contents contents) {
    return new Probe(
        Optional.empty(),
        Probe.Sameness.Different,
        Optional.of(contents),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static void refused(Facts f, Reason reason, String says) {
    assertThat(Preflight.refusal(f))
        .hasValueSatisfying(
            failure -> {
              assertThat(failure.reason()).isEqualTo(reason);
              assertThat(failure.message()).contains(says);
            });
  }

  @Test
  void nothingStandsInTheWayOfAGoodEdit() {
    assertThat(Preflight.due(facts())).isTrue();
    assertThat(Preflight.refusal(facts())).isEmpty();
  }

  @Test
  void nothingIsDueWhereNobodyEdits() {
    var calm = world.asking(world.spec().on("a"));

    assertThat(Preflight.due(WorldFacts.of(calm, policy(IfNotDrained.Abort)))).isFalse();
  }

  @Test
  void aServerThatDoesNotAdmitTheNamespaceIsRefusedBeforeAnythingElse() {
    refused(
        admits(sees(facts(), "b", new Sight.Silent(WHY)), Optional.of(WHY), Optional.empty()),
        Reason.ServerNotAvailable,
        "because");
  }

  @Test
  void aServerThatDoesNotAnswerIsRefused() {
    var silent = new Failure(Reason.ServerUnreachable, "b does not answer");

    refused(sees(facts(), "b", new Sight.Silent(silent)), Reason.ServerUnreachable, "b does not");
    refused(sees(facts(), "b", new Sight.Troubled(silent)), Reason.ServerUnreachable, "b does not");
    refused(sees(facts(), "b", new Sight.Stranger(silent)), Reason.ServerUnreachable, "b does not");
  }

  @Test
  void aServerThatNobodyLookedAtIsWaitedFor() {
    var unseen = new HashMap<>(facts().servers());
    unseen.remove("b");

    refused(facts().withServers(unseen), Reason.Pending, "has not been looked at");
    refused(facts().withProbe(Optional.empty()), Reason.Pending, "has not been looked at");
  }

  @Test
  void anOldServerThatAnswersAndCannotBeAdministeredNamesTheWayOut() {
    var hung = sees(facts(), "a", new Sight.Troubled(new Failure(Reason.AdminRefused, "hung")));

    refused(hung, Reason.AdminRefused, "set swap.ifNotDrained: Proceed");
  }

  @Test
  void anOldServerThatIsHungIsLeftWherePeopleSaySo() {
    var facts = WorldFacts.of(world, policy(IfNotDrained.Proceed));
    var hung = sees(facts, "a", new Sight.Troubled(new Failure(Reason.AdminRefused, "hung")));

    assertThat(Preflight.refusal(hung)).isEmpty();
  }

  @Test
  void anOldServerThatIsDeadStandsInNobodysWay() {
    var dead = sees(facts(), "a", new Sight.Silent(new Failure(Reason.ServerUnreachable, "dead")));

    assertThat(Preflight.refusal(dead)).isEmpty();
  }

  @Test
  void aCriticalFindingRefuses() {
    refused(
        admits(facts(), Optional.empty(), Optional.of(WHY)), Reason.ServerNotAvailable, "because");
  }

  @Test
  void aStandbyIsToBePromotedFirst() {
    var standby = sees(facts(), "b", answers("L2", Identity.Role.Replica));
    refused(standby, Reason.ServerReadOnly, "promote it first");

    var reading = world.asking(world.spec().accessing(Access.ReadOnly));
    var facts = WorldFacts.of(reading, policy(IfNotDrained.Abort));
    refused(
        sees(facts, "b", answers("L2", Identity.Role.Replica)),
        Reason.ServerReadOnly,
        "promote it first");
  }

  @Test
  void twoCopiesThatBothWriteLoseWhatOneOfThemHas() {
    var copy = sees(facts(), "b", answers("L1", Identity.Role.Primary));

    refused(copy, Reason.ServersDiverged, "accept-divergence: \"b\"");
  }

  @Test
  void aCopyOfAServerThatStoppedWritingIsTaken() {
    var copy = sees(facts(), "b", answers("L1", Identity.Role.Primary));

    assertThat(Preflight.refusal(sees(copy, "a", answers("L1", Identity.Role.Replica)))).isEmpty();
    assertThat(
            Preflight.refusal(
                sees(copy, "a", new Sight.Silent(new Failure(Reason.ServerUnreachable, "dead")))))
        .isEmpty();
  }

  @Test
  void relationsThatAreMissingAreNamed() {
    var probe = contents(new Probe.Contents(3, new Before.Named(List.of("orders", "lines"))));

    refused(probed(facts(), probe), Reason.DatabaseDiffers, "lacks orders, lines");
    refused(probed(facts(), probe), Reason.DatabaseDiffers, "accept-data: \"b\"");
  }

  @Test
  void relationsThatNobodyMayUseThereAreNamedWithTheirGrants() {
    var closed = Optional.of(new Probe.Closed("audit", "let \"dba\" run GRANT"));
    var probe = contents(new Probe.Contents(3, new Before.Named(List.of(), closed)));

    refused(
        probed(facts(), probe),
        Reason.PrivilegesIncomplete,
        "holds audit and services may not use it there: let \"dba\" run GRANT");
    assertThat(Preflight.waitsForContents(probed(facts(), probe))).isTrue();
    assertThat(Preflight.waitsForContents(probed(facts(), contents(counted(1))))).isFalse();
  }

  @Test
  void whereTheOldServerIsDeadHalfOfWhatItHeldHasToBeThere() {
    assertThat(world.memory().held()).hasValue(1);

    refused(
        probed(facts(), contents(new Probe.Contents(0, new Before.Unread()))),
        Reason.DatabaseDiffers,
        "holds 0 where 1 were");
    assertThat(
            Preflight.refusal(
                probed(facts(), contents(new Probe.Contents(1, new Before.Unread())))))
        .isEmpty();
  }

  @Test
  void whatIsCountedHasToBeThereByHalf() {
    var probe = contents(new Probe.Contents(49, new Before.Counted(99)));

    refused(probed(facts(), probe), Reason.DatabaseDiffers, "holds 49 where 99 were");
    for (var enough :
        List.of(new Probe.Contents(50, new Before.Counted(99)), counted(0), counted(1)))
      assertThat(Preflight.refusal(probed(facts(), contents(enough)))).isEmpty();
    refused(
        probed(facts(), contents(new Probe.Contents(0, new Before.Counted(1)))),
        Reason.DatabaseDiffers,
        "holds 0 where 1 were");
  }

  private static Probe.Contents counted(int held) {
    return new Probe.Contents(held, new Before.Counted(held));
  }

  @Test
  void whereNobodyKnowsHowMuchThereWasSomethingHasToBeThere() {
    var forgotten = WorldFacts.of(world.forgotten(), policy(IfNotDrained.Abort));

    refused(
        probed(forgotten, contents(new Probe.Contents(0, new Before.Unread()))),
        Reason.DatabaseDiffers,
        "holds nothing");
    assertThat(
            Preflight.refusal(
                probed(forgotten, contents(new Probe.Contents(1, new Before.Unread())))))
        .isEmpty();
  }

  @Test
  void oneServerUnderTwoNamesIsNotComparedWithItself() {
    var same =
        new Probe(
            Optional.empty(),
            Probe.Sameness.Same,
            Optional.of(new Probe.Contents(0, new Before.Named(List.of("orders")))),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    assertThat(Preflight.refusal(probed(facts(), same))).isEmpty();
    refused(
        asks(probed(facts(), same), new Scope.Schema("orders", "empty")),
        Reason.DatabaseDiffers,
        "schema empty of database orders on b lacks orders");
  }

  @Test
  void anotherSchemaOfAPhysicalCopyIsCompared() {
    var copy = sees(facts(), "b", answers("L1", Identity.Role.Primary));
    var standby =
        sees(
            copy,
            "a",
            new Sight.Answers(
                new Identity("L1", "L1/8", "00000001", "", Identity.Role.Replica, "17"),
                new Standing(Map.of())));
    var lacking = contents(new Probe.Contents(0, new Before.Named(List.of("orders"))));

    assertThat(Preflight.refusal(probed(standby, lacking))).isEmpty();
    refused(
        asks(probed(standby, lacking), new Scope.Schema("empty", "public")),
        Reason.DatabaseDiffers,
        "lacks orders");
  }

  @Test
  void anOldServerThatAnswersIsComparedOrTheEditWaits() {
    var unread =
        new Probe(
            Optional.empty(),
            Probe.Sameness.Untold,
            Optional.of(new Probe.Contents(7, new Before.Unread())),
            Optional.of(WHY),
            Optional.empty(),
            Optional.empty());

    refused(probed(facts(), unread), Reason.Pending, "could not be compared");
    refused(probed(facts(), unread), Reason.Pending, "accept-data: \"b\"");
    assertThat(Preflight.refusal(probed(sees(facts(), "a", new Sight.Silent(WHY)), unread)))
        .isEmpty();
  }

  /// The same edit with another schema or database.
  private static Facts asks(Facts f, Scope scope) {
    var i = f.intent().orElseThrow();
    var intent =
        new Intent(
            i.engine(),
            new Place(i.place().server(), scope),
            i.credentials(),
            i.state(),
            i.access(),
            i.limits(),
            i.createDatabase(),
            i.comparesContents(),
            i.binding(),
            i.workloads(),
            i.rollout(),
            i.swap(),
            i.certificateLife(),
            i.deletionPolicy());
    return FactsOfTests.asking(f, new Facts.Request.Understood(intent));
  }

  @Test
  void whatTheProbeFoundIsTold() {
    var none = Optional.<Failure>empty();
    var why = Optional.of(WHY);
    var different = Probe.Sameness.Different;

    for (var probe :
        List.of(
            new Probe(why, different, Optional.empty(), none, none, none),
            new Probe(none, different, Optional.empty(), none, why, none),
            new Probe(none, different, Optional.empty(), none, none, why)))
      refused(probed(facts(), probe), Reason.ServerNotAvailable, "because");
  }
}
