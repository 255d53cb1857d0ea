package dev.backingservice.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServerDebt;
import dev.backingservice.model.ServiceId;
import dev.backingservice.plan.ServerFacts.Certificate;
import dev.backingservice.plan.ServerFacts.Recorded;
import dev.backingservice.plan.ServerFacts.Said;
import dev.backingservice.plan.ServerFacts.Seen;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What is done for a server: its certificate, the logins that a copy brought along, what is owed.
class ServerPlannerTest {
  private static final Failure WHY = new Failure(Reason.Timeout, "blue does not answer");
  private static final Set<String> NAMES = Set.of("blue", "azure");
  private static final ServerDebt OWED = debt("L1", "I1@1");
  private static final ServerAction.LockStrangers LOCK = new ServerAction.LockStrangers(NAMES);

  private Recorded recorded = new Recorded("L1", "1");
  private Said said = new Said("", "");
  private Seen seen = answers("L1", "1", Identity.Role.Primary);
  private List<ServerDebt> owed = List.of();
  private Optional<Certificate> certificate = Optional.empty();

  private static ServerDebt debt(String lineage, String running) {
    var at =
        new Attachment(
            new Place("blue", new Scope.Schema("orders", "public")),
            lineage,
            "login_a",
            Access.ReadWrite,
            1);
    return new ServerDebt(
        new ServiceId("shop", "orders-db", "uid"), new Debt(at, Instant.EPOCH, running, "owed"));
  }

  private static Seen answers(String lineage, String timeline, Identity.Role role) {
    var identity = new Identity(lineage, "I1", timeline, "", role, "17");
    return new Seen.Answers(
        identity, identity, List.of(), Optional.empty(), Set.of(), new Endpoint("blue.db", 5432));
  }

  private ServerFacts facts() {
    return new ServerFacts("blue", seen, recorded, said, owed, certificate, NAMES);
  }

  private List<ServerAction> actions() {
    return ServerPlanner.plan(facts()).actions();
  }

  @Test
  void nothingIsDoneForAServerAsItWas() {
    assertThat(actions()).isEmpty();
  }

  @Test
  void whatACopyBroughtAlongIsLockedAtFirstSight() {
    recorded = new Recorded("", "");
    assertThat(actions()).containsExactly(LOCK);

    recorded = new Recorded("L1", "1");
    seen = answers("L1", "2", Identity.Role.Primary);
    assertThat(actions()).containsExactly(LOCK);
  }

  @Test
  void aStandbyIsNotWrittenTo() {
    recorded = new Recorded("", "");
    seen = answers("L1", "1", Identity.Role.Replica);

    assertThat(actions()).isEmpty();
  }

  @Test
  void nothingIsDoneOnAnotherServerUnderTheNameUntilItIsAccepted() {
    seen = answers("L2", "1", Identity.Role.Primary);
    owed = List.of(debt("L2", "I1@1"));
    assertThat(actions()).isEmpty();

    said = new Said("L2", "");
    assertThat(actions()).containsExactly(LOCK, new ServerAction.Pay(owed.getFirst()));
  }

  @Test
  void whatIsOwedIsPaidByTheLineageThatOwesIt() {
    owed = List.of(OWED, debt("L9", "I9@1"));

    assertThat(actions()).containsExactly(new ServerAction.Pay(OWED));
  }

  /// As a server is that was rebuilt to follow the one that took its place.
  @Test
  void aStandbyThatFollowsALaterPrimaryIsReleasedOfWhatItsNameOwes() {
    seen = answers("L1", "2", Identity.Role.Replica);
    owed = List.of(OWED, debt("L1", "I2@2"), debt("L9", "I9@1"));

    assertThat(actions()).containsExactly(new ServerAction.Release(OWED));
  }

  @Test
  void aCopyThatIsMadeAStandbySettlesNothingForItsPredecessor() {
    seen = answers("L1", "2", Identity.Role.Replica);
    owed = List.of(OWED.ofPredecessor());

    assertThat(actions()).isEmpty();
  }

  @Test
  void aPromotedCopyIsFencedAndPaysNothingForItsPredecessor() {
    recorded = new Recorded("L1", "2");
    seen = answers("L1", "2", Identity.Role.Primary);
    owed = List.of(OWED, debt("L1", ""), debt("L1", "I2@2"));

    assertThat(actions())
        .containsExactly(
            new ServerAction.FenceCopy(OWED),
            new ServerAction.Pay(owed.get(1)),
            new ServerAction.Pay(owed.get(2)));
  }

  @Test
  void aServerThatIsGoneIsForgiven() {
    seen = new Seen.Troubled(WHY);
    owed = List.of(OWED, debt("L9", "I9@1"));
    said = new Said("", "L1");

    assertThat(actions()).containsExactly(new ServerAction.Forgive(List.of(OWED)));
  }

  @Test
  void aPredecessorThatIsGoneIsForgivenByTheNameOfItsProcess() {
    recorded = new Recorded("L1", "2");
    seen = answers("L1", "2", Identity.Role.Primary);
    owed = List.of(OWED, debt("L1", "I11@1"));
    said = new Said("", "I1");

    assertThat(actions())
        .containsExactly(
            new ServerAction.Forgive(List.of(OWED)),
            new ServerAction.FenceCopy(OWED),
            new ServerAction.FenceCopy(owed.get(1)));
  }

  @Test
  void nothingIsForgivenWhereNothingIsOwedOrSaid() {
    seen = new Seen.Troubled(WHY);
    said = new Said("", "L1");
    assertThat(actions()).isEmpty();

    owed = List.of(OWED);
    said = new Said("", "");
    assertThat(actions()).isEmpty();
  }

  @Test
  void aServerThatTakesWritesIsNotGone() {
    owed = List.of(OWED);
    said = new Said("", "L1");

    assertThat(actions())
        .containsExactly(new ServerAction.TakeBackGone(), new ServerAction.Pay(OWED));
  }

  @Test
  void aProcessIsSaidToBeGoneWhileAnotherOneHasItsName() {
    var unknown = debt("L1", "");
    owed = List.of(OWED, unknown);
    said = new Said("", "L1/former");

    assertThat(actions())
        .containsExactly(
            new ServerAction.Forgive(List.of(unknown)),
            new ServerAction.Pay(OWED),
            new ServerAction.Pay(unknown));
  }

  @Test
  void aCertificateIsIssuedWhenItIsDueWhetherTheServerAnswersOrNot() {
    var due = new Certificate("blue-tls", List.of("blue.db"), Certificate.State.Due);
    certificate = Optional.of(due);
    seen = new Seen.Troubled(WHY);
    assertThat(actions()).containsExactly(new ServerAction.IssueCertificate(due));

    for (var state : List.of(Certificate.State.Good, Certificate.State.Foreign)) {
      certificate = Optional.of(new Certificate("blue-tls", List.of("blue.db"), state));
      assertThat(actions()).isEmpty();
    }
  }

  @Test
  void whatWasPaidOrForgivenIsOwedNoMore() {
    owed = List.of(OWED, debt("L1", "I1@1"), debt("L9", ""));
    var plan = new ServerPlan(facts(), List.of());

    var after =
        ServerAftermath.of(
            plan,
            List.of(
                new ServerPlan.Done(new ServerAction.Pay(OWED), Optional.empty()),
                new ServerPlan.Done(
                    new ServerAction.Forgive(List.of(owed.get(2))), Optional.of(WHY))));

    assertThat(after.owed()).contains(owed.get(2)).doesNotContain(OWED);
    assertThat(after.seen()).isEqualTo(seen);
  }

  @Test
  void aCopyWhoseLoginsCouldNotBeLockedIsTrouble() {
    var plan = new ServerPlan(facts(), List.of(LOCK));

    assertThat(
            ServerAftermath.of(plan, List.of(new ServerPlan.Done(LOCK, Optional.of(WHY)))).seen())
        .isEqualTo(new Seen.Troubled(WHY));
    assertThat(
            ServerAftermath.of(plan, List.of(new ServerPlan.Done(LOCK, Optional.empty()))).seen())
        .isEqualTo(seen);
  }
}
