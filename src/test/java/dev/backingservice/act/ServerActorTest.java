package dev.backingservice.act;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;

class ServerActorTest {
  private static final ServerAction BROKEN = new ServerAction.Forgive(List.of(DebtBookTest.OWED));
  private static final ServerAction OTHER = new ServerAction.LockStrangers(Set.of("blue"));

  /// Nothing but the book of debts is asked of the cluster, and that has a bug.
  @SuppressWarnings("NullAway") // what these actions do not use
  private static ServerActor actor() {
    var client =
        (KubernetesClient)
            Proxy.newProxyInstance(
                KubernetesClient.class.getClassLoader(),
                new Class<?>[] {KubernetesClient.class},
                (_, method, _) -> {
                  throw new IllegalStateException(method.getName());
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
  void aBugInOneActionDoesNotStopTheOthers() {
    var facts =
        new ServerFacts(
            "blue",
            new ServerFacts.Seen.Troubled(new Failure(Reason.Pending, "not yet")),
            new ServerFacts.Recorded("L1", "1"),
            new ServerFacts.Said("", ""),
            List.of(),
            Optional.empty(),
            Set.of("blue"));

    var done = actor().carryOut(new ServerPlan(facts, List.of(BROKEN, OTHER)));

    assertThat(done).extracting(ServerPlan.Done::action).containsExactly(BROKEN, OTHER);
    assertThat(done)
        .extracting(d -> d.failure().orElseThrow().reason())
        .containsExactly(Reason.InternalError, Reason.ServerUnreachable);
  }
}
