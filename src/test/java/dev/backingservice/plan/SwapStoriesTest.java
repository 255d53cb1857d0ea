package dev.backingservice.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.backingservice.model.Access;
import dev.backingservice.model.Debt;
import dev.backingservice.model.SwapPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What users lost once, each as one path through the world of [SwapWorldTest].
class SwapStoriesTest {
  private static final SwapPolicy POLICY =
      World.policy(SwapPolicy.IfUnreachable.Proceed, SwapPolicy.IfNotDrained.Abort);
  private SwapPolicy policy = POLICY;
  private World earlier = World.start();
  private World world = settled(World.start());

  private World settled(World from) {
    return new WorldLaws(policy).settled(from);
  }

  private void play(String... steps) {
    for (var step : steps) take(step);
  }

  private void take(String step) {
    var before = world;
    world = step.equals("rest") ? settled(world) : WorldMoves.after(step, world, earlier, policy);
    if (!before.secret().equals(world.secret())) earlier = before;
  }

  private String server() {
    return world.secret().orElseThrow().active().server();
  }

  @Test
  void anOldBackupOfTheClusterSendsNobodyToEmptyTables() {
    // Given
    play("edit c", "rest", "cluster restored", "edit b", "Empty b");

    // When
    play("rest");

    // Then
    assertThat(server()).isNotEqualTo("b");
    assertThat(world.works(world.secret().orElseThrow().active())).isTrue();
  }

  @Test
  void aPreparedLoginThatACopyLockedIsMadeAnew() {
    // Given
    play("edit c", "reconcile", "crash after 1", "promote a");
    world = world.named("c", n -> n.leadingTo("A2"));

    // When
    play("rest");

    // Then
    assertThat(server()).isEqualTo("c");
    assertThat(world.works(world.secret().orElseThrow().active())).isTrue();
  }

  @Test
  void aTargetThatIsNeverReadyKeepsNobodyFromRestoringTheBindingInForce() {
    // Given
    play("edit b", "Taken b", "reconcile", "reconcile");
    assertThat(world.memory().swap()).isInstanceOf(Swap.Prepare.class);

    // When
    play("secret deleted", "rest");

    // Then
    assertThat(server()).isEqualTo("a");
    assertThat(world.works(world.secret().orElseThrow().active())).isTrue();
  }

  @Test
  void anEditThatFailedForGoodHoldsUpNoNewMountPath() {
    // Given
    play("connect", "Stuck a", "edit b", "rest", "Well a");
    assertThat(world.memory().swap()).isInstanceOf(Swap.Aborted.class);

    // When
    play("Empty b", "reshape", "rest");

    // Then
    assertThat(world.pods().path()).isEqualTo("/bindings1");
    assertThat(world.secret().orElseThrow().shape().mountPath()).isEqualTo("/bindings1");
  }

  @Test
  void anEditThatFailedForGoodHoldsUpNobodyWhoHasToFollowAPromotion() {
    // Given
    play("connect", "Stuck a", "edit b", "rest");
    long before = world.secret().orElseThrow().active().epoch();

    // When
    play("promote a", "Well a", "Empty b", "rest");

    // Then
    assertThat(world.secret().orElseThrow().active().epoch()).isGreaterThan(before);
    assertThat(server()).isEqualTo("a");
  }

  @Test
  void loweredAccessReachesTheOlderLoginOfAnOverlapToo() {
    // Given
    play("connect", "edit c", "rest");
    assertThat(world.memory().swap()).isInstanceOf(Swap.Overlap.class);

    // When
    play("access ReadOnly", "rest");

    // Then
    assertThat(world.at("c").logins().values())
        .filteredOn(World.Login::open)
        .extracting(World.Login::access)
        .containsOnly(Access.ReadOnly);
  }

  @Test
  void aDeletionThatRemembersNothingOwesWhatItCouldNotAsk() {
    // Given
    play("edit b", "rest", "cluster restored", "Down a", "Down c");

    // When
    play("Deleting", "reconcile", "reconcile", "reconcile");

    // Then
    assertThat(world.page()).extracting(Debt::server).contains("a");
    assertThat(world.page().stream().map(d -> d.attachment().login()))
        .containsAll(World.LOGINS.all());
  }

  @Test
  void aRefusedEditLeavesNoWorkloadOnAFencedEpoch() {
    // Given
    play("edit b");
    while (!(world.memory().swap() instanceof Swap.Roll)) play("reconcile");
    assertThat(world.pods().epoch()).isEqualTo(1);

    // When
    play("reshape", "bad edit", "rest");

    // Then
    assertThat(List.of(world.pods().epoch(), world.pods().path()))
        .isEqualTo(
            List.of(
                world.secret().orElseThrow().active().epoch(),
                world.secret().orElseThrow().shape().mountPath()));
  }

  /// The predecessor was fenced under its other name meanwhile, while the copy went on in an
  /// overlap.
  @Test
  void aNameThatGoesBackToAPredecessorInTheMiddleOfARollTakesThePodsAlong() {
    // Given
    play("cluster restored", "reconcile", "promote a", "reconcile", "reshape", "reconcile");
    play("reconcile", "reconcile", "reconcile", "reconcile", "reconcile", "reconcile");
    play("reconcile", "cluster restored", "reconcile");
    assertThat(world.memory().swap()).isInstanceOf(Swap.Roll.class);

    // When
    play("a leads to A", "rest");

    // Then
    assertThat(world.pods().epoch()).isEqualTo(world.secret().orElseThrow().active().epoch());
    assertThat(world.works(world.secret().orElseThrow().active())).isTrue();
  }

  @Test
  void anEditThatComesBackLeavesAServerThatRefusesItsAdministratorAsThePolicySays() {
    // Given
    policy = World.policy(SwapPolicy.IfUnreachable.Wait, SwapPolicy.IfNotDrained.Proceed);
    play("edit b", "reconcile", "reconcile", "Refusing a", "reconcile");
    play("bad edit", "reconcile", "standby A", "reconcile");
    assertThat(world.memory().swap()).isInstanceOf(Swap.Aborting.class);

    // When
    play("good edit", "rest");

    // Then
    assertThat(server()).isEqualTo("b");
  }

  @Test
  void anOldServerThatComesBackIsNotLeftForACopyThatMissesItsWrites() {
    // Given
    play("edit c", "rest", "promote a", "rest", "Down c", "edit a", "reconcile");
    assertThat(world.memory().swap().underWay()).isTrue();

    // When
    play("Well c", "rest");

    // Then
    assertThat(server()).isEqualTo("c");
    assertThat(world.works(world.secret().orElseThrow().active())).isTrue();
  }

  @Test
  void anEditThatCouldNotBeComparedIsComparedWhenTheOldServerIsBack() {
    // Given
    play("Down a", "edit b", "reconcile");
    assertThat(world.memory().swap().lastMotion().orElseThrow().compared()).isFalse();

    // When
    play("Well a", "reconcile");

    // Then
    assertThat(world.memory().swap()).isInstanceOf(Swap.Aborting.class);

    // When
    play("rest");

    // Then
    assertThat(world.memory().swap().lastMotion().orElseThrow().compared()).isTrue();
    assertThat(server()).isEqualTo("b");
  }

  @Test
  void aSwapToAStandbyOfAServerThatRefusesItsAdministratorComesToRest() {
    // Given
    policy = World.policy(SwapPolicy.IfUnreachable.Wait, SwapPolicy.IfNotDrained.Proceed);
    play("Refusing a", "reconcile", "edit c", "reconcile", "reconcile", "reconcile", "reconcile");
    play("standby A");

    // When
    play("rest");
    var rest = world;
    play("late", "reconcile", "reconcile");

    // Then
    assertThat(world.late(rest.late()).at(rest.now())).isEqualTo(rest);
  }

  @Test
  void anOldServerThatComesBackAsAStandbyIsLeft() {
    // Given
    policy = World.policy(SwapPolicy.IfUnreachable.Wait, SwapPolicy.IfNotDrained.Abort);
    play("edit b", "reconcile", "reconcile", "reconcile");
    assertThat(world.memory().swap()).isInstanceOf(Swap.Cut.class);
    play("Down a", "edit c", "reconcile", "edit b", "reconcile", "reconcile", "reconcile");

    // When
    play("standby A", "Well a", "rest");

    // Then
    assertThat(server()).isEqualTo("b");
  }

  @Test
  void anEditThatFailedAndIsAskedForAgainWaitsForNoRepointThatCannotBeMade() {
    // Given
    play("edit b", "reconcile", "reconcile", "reconcile", "secret Refused");
    for (int i = 0; i < 9 && !(world.memory().swap() instanceof Swap.Aborted); i++)
      play("reconcile");
    play("secret Free", "Taken a", "promote a", "reconcile", "reconcile", "reconcile");
    assertThat(world.memory().swap()).isInstanceOf(Swap.Prepare.class);

    // When
    world = world.asking(world.spec().retrying("again"));
    play("rest");

    // Then
    assertThat(server()).isEqualTo("b");
  }

  @Test
  void aCopyThatIsMadeAStandbySettlesNothingForItsPredecessor() {
    // Given
    play("promote a", "edit b");
    while (!(world.memory().swap() instanceof Swap.Roll)) play("reconcile");
    assertThat(world.memory().debts()).extracting(Debt::running).containsExactly("A/1@1");

    // When
    play("standby A2", "Deleting", "reconcile");

    // Then
    assertThat(world.page()).extracting(Debt::running).containsExactly("A/1@1");
  }

  @Test
  void aRefusedEditSendsNobodyAnywhereWhenABackupOfTheClusterIsPutBack() {
    // Given
    play("Down a", "edit c", "reconcile", "reconcile", "edit b");
    while (!(world.memory().swap() instanceof Swap.Prepare(var m, _)
        && m.to().server().equals("b"))) play("reconcile");
    play("reconcile", "cluster restored");

    // When
    play("bad edit", "Empty b", "rest");

    // Then
    assertThat(server()).isEqualTo("a");
  }

  @Test
  void aDeletionOwesAFenceToANameThatIsSilentThoughItsServerWasReachedByAnother() {
    // Given
    play("edit c", "reconcile", "Down a", "Deleting", "promote a", "reconcile");
    assertThat(world.spec().life()).isEqualTo(World.Life.Gone);

    // Then
    assertThat(world.page())
        .extracting(Debt::server, Debt::running)
        .containsExactly(tuple("a", ""));
  }

  @Test
  void aDeletionOwesAFenceToASilentNameWhoseLoginWasFencedByAnotherLongBefore() {
    // Given
    play("edit c", "reconcile", "Down a", "Detached", "reconcile", "promote a");

    // When
    play("Deleting", "rest");

    // Then
    assertThat(world.page())
        .extracting(Debt::server, Debt::running)
        .containsExactly(tuple("a", ""));
  }

  @Test
  void anOldServerThatFollowsItsCopyIsFencedThoughTheCopyLockedTheLoginBefore() {
    // Given
    var server = world.at("a");
    var login = server.find("login_a").orElseThrow();
    world = world.with("A", server.with("login_a", login.locked()).standby(true));

    // When
    play("edit b", "rest");

    // Then
    assertThat(server()).isEqualTo("b");
    assertThat(world.memory().swap().fenceProof().orElseThrow().result())
        .isEqualTo(FenceProof.Result.ReadOnly);
  }

  @Test
  void anEditToAServerThatWasReplacedIsTakenUpThoughABackupWasPutBackInTheMiddleOfIt() {
    // Given
    play("edit b", "reconcile", "reconcile", "reconcile", "reconcile", "replace b");

    // When
    play("cluster restored", "Down a", "accept b", "rest");

    // Then
    assertThat(server()).isEqualTo("b");
  }

  @Test
  void anAccountThatIsHandedOverForAnotherServerIsNotPublishedForThisOne() {
    // Given
    world = settled(World.startGiven());

    // When
    play("Down b", "edit b", "given 3", "reshape", "rest");

    // Then
    assertThat(world.secret().orElseThrow().given()).isEqualTo("1");

    // When
    play("Well b", "rest");

    // Then
    assertThat(server()).isEqualTo("b");
    assertThat(world.secret().orElseThrow().given()).isEqualTo("3");
  }

  @Test
  void aRenewedCredentialIsAnEpochOfItsOwnThoughTheBindingWasDeletedMeanwhile() {
    // Given
    world = settled(World.startGiven());

    // When
    play("secret deleted", "given 2", "rest");

    // Then
    assertThat(world.secret().orElseThrow().given()).isEqualTo("2");
    assertThat(world.secret().orElseThrow().active().epoch()).isEqualTo(2);
    assertThat(world.pods().epoch()).isEqualTo(2);
  }
}
