package dev.backingservice.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Failure;
import dev.backingservice.model.Published;
import dev.backingservice.model.Reason;
import dev.backingservice.model.SwapPolicy;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What is written again of a binding that is there.
class UpkeepTest {
  private static final SwapPolicy POLICY =
      World.policy(SwapPolicy.IfUnreachable.Proceed, SwapPolicy.IfNotDrained.Abort);

  private final Facts attached =
      WorldFacts.of(new WorldLaws(POLICY).settled(World.start()), POLICY);
  private final Facts outdated =
      attached.withPublished(((Published.Binding) attached.published()).asOutdated());

  @Test
  void anchorsThatAreNoLongerThoseOfTheServerAreReplaced() {
    assertThat(publishes(attached)).isFalse();
    assertThat(publishes(outdated)).isTrue();
  }

  @Test
  void anchorsThatVerifyNobodyAtTheEndpointOfClientsAreNot() {
    var failure = new Failure(Reason.CertificateNotTrusted, "verify spec.tls.ca");
    var refused = outdated.withLogin(Optional.of(new Facts.Login.TurnedAway(failure)));

    assertThat(publishes(refused)).isFalse();
  }

  private static boolean publishes(Facts facts) {
    return Planner.plan(facts, World.START).actions().stream()
        .anyMatch(action -> action instanceof Action.Publish);
  }
}
