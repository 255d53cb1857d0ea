package dev.backingservice.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.engine.Directory;
import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.ServerAction;
import dev.backingservice.plan.ServerFacts;
import dev.backingservice.plan.ServerPlan;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ServerActorTest {
  private static final ServerAction BROKEN = new ServerAction.Forgive(List.of(DebtBookTest.OWED));

  private final AtomicInteger asked = new AtomicInteger();

  /// Nothing but the book of debts is asked of the cluster, and that has a bug.
  @SuppressWarnings("NullAway") // what these actions do not use
  private ServerActor actor() {
    var client =
        (KubernetesClient)
            Proxy.newProxyInstance(
                KubernetesClient.class.getClassLoader(),
                new Class<?>[] {KubernetesClient.class},
                (_, _, _) -> {
                  throw new IllegalStateException("bug " + asked.incrementAndGet());
                });
    return new ServerActor(
        new OnServers(new Directory(_ -> {}), null, null, null, InstantSource.system()),
        null,
        new DebtBook(new Secrets(client), "backing-service-operator"),
        null,
        null,
        InstantSource.system());
  }

  @Test
  void aBugInOneActionDoesNotStopTheOthersAndIsTold() {
    var facts =
        new ServerFacts(
            "blue",
            new ServerFacts.Seen.Troubled(new Failure(Reason.Pending, "not yet")),
            new ServerFacts.Recorded("L1", "1"),
            new ServerFacts.Said("", ""),
            List.of(),
            Optional.empty(),
            Set.of("blue"));
    var actor = actor();

    assertThatThrownBy(() -> actor.carryOut(new ServerPlan(facts, List.of(BROKEN, BROKEN))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("bug 1");

    assertThat(asked).hasValue(2);
  }
}
