package dev.backingservice.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Place;
import dev.backingservice.model.Scope;
import dev.backingservice.model.Standing;
import dev.backingservice.model.SwapPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// When a fence that is owed is over.
class DebtsTest {
  private static final SwapPolicy POLICY =
      World.policy(SwapPolicy.IfUnreachable.Proceed, SwapPolicy.IfNotDrained.Abort);
  private static final Attachment OWED =
      new Attachment(
          new Place("a", new Scope.Schema("orders", "public")),
          "L1",
          "login_a",
          Access.ReadWrite,
          1);
  private static final Debt DEBT = new Debt(OWED, World.START, "A/1@00000001", "sessions remain");

  private static Facts facts(Identity.Role role, String timeline, Standing.Login login) {
    var facts = WorldFacts.of(World.start(), POLICY);
    var was = facts.server("a").orElseThrow();
    var answers =
        new ServerFact.Sight.Answers(
            new Identity("L1", "S/2", timeline, "", role, "17"),
            new Standing(Map.of("login_a", login)));
    return facts.withServers(Map.of("a", new ServerFact("a", was.admission(), answers)));
  }

  private static Standing.Login login(Standing.Holds holds, int sessions) {
    return new Standing.Login(holds, 1, 2, Access.ReadWrite, "uid", "blue", sessions, List.of());
  }

  @Test
  void aLoginIsOwedOnceByEachRunningServer() {
    var debts = new ArrayList<>(List.of(DEBT));
    var later = new Debt(OWED, World.START.plusSeconds(1), "A/1@00000001", "it does not answer");

    Debts.owe(debts, later);
    Debts.owe(debts, new Debt(OWED, World.START, "", "nobody knows who ran there"));
    assertThat(debts).containsExactly(DEBT);

    var copy = new Debt(OWED, World.START, "A2/1@00000002", "a copy was promoted");
    Debts.owe(debts, copy);
    assertThat(debts).containsExactly(DEBT, copy);
  }

  @Test
  void aStandbyOfTheServerThatOwesSaysNothingOfTheSessionsThere() {
    var facts = facts(Identity.Role.Replica, "00000001", login(Standing.Holds.Locked, 0));

    assertThat(Debts.over(facts, DEBT)).isFalse();
  }

  @Test
  void aStandbyThatFollowsALaterPrimaryHasGotTheLock() {
    var facts = facts(Identity.Role.Replica, "00000002", login(Standing.Holds.Locked, 0));

    assertThat(Debts.over(facts, DEBT)).isTrue();
  }

  @Test
  void aStandbyThatLetsTheLoginInSettlesNothing() {
    var facts = facts(Identity.Role.Replica, "00000002", login(Standing.Holds.Works, 0));

    assertThat(Debts.over(facts, DEBT)).isFalse();
  }

  @Test
  void aPrimaryWithALockedLoginStillHasToProveIt() {
    var facts = facts(Identity.Role.Primary, "00000001", login(Standing.Holds.Locked, 0));

    assertThat(Debts.over(facts, DEBT)).isFalse();
  }

  @Test
  void theSameLoginIsOwedOnce() {
    var debts = new ArrayList<Debt>();

    Debts.owe(debts, DEBT);
    Debts.owe(debts, new Debt(OWED, World.START.plusSeconds(9), "", "again"));

    assertThat(debts).containsExactly(DEBT);
  }
}
