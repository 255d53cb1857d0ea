package dev.backingservice.observe;

import dev.backingservice.api.Annotations;
import dev.backingservice.api.BackingServer;
import dev.backingservice.engine.Directory;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.wire.Reach;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.model.RootKey;
import dev.backingservice.plan.ServerFact.Sight;
import java.util.Optional;

/// Asks one server what it is and what it holds for one service.
final class ServerLook {
  private final Directory directory;
  private final RootKey key;

  ServerLook(Directory directory, RootKey key) {
    this.directory = directory;
    this.key = key;
  }

  Sight look(String name, Optional<BackingServer> resource, Order order) {
    var served = directory.find(name);
    if (served.isEmpty() || resource.isEmpty())
      return new Sight.Troubled(
          new Failure(Reason.ServerUnreachable, "server " + name + " has not been reached yet"));
    try (var session = served.get().open()) {
      var seen = session.look(order, key.logins(order.service()).asSet());
      return verdict(resource.get(), seen.identity().serverId())
          .orElse(new Sight.Answers(seen.identity(), seen.standing()));
    } catch (EngineException e) {
      var failure = new Failure(e.reason(), directory.discreet(name, e.sentence()));
      return e.silent() && !answersBesides(served.get().server())
          ? new Sight.Silent(failure)
          : new Sight.Troubled(failure);
    }
  }

  /// A dead administration endpoint is no dead server: workloads may go on at another one.
  private static boolean answersBesides(Server server) {
    var others =
        server.endpoints().stream().filter(e -> !e.equals(server.accounts().admin())).toList();
    return !others.isEmpty() && Reach.anybodyAt(others);
  }

  /// Another lineage under a known name: nothing is written there until somebody says that it is
  /// right.
  private static Optional<Sight> verdict(BackingServer resource, String serverId) {
    var name = resource.getMetadata().getName();
    var status = resource.getStatus();
    if (status == null || status.serverId() == null)
      return Optional.of(
          new Sight.Troubled(
              new Failure(Reason.Pending, "server " + name + " has not been looked at yet")));
    boolean accepted = serverId.equals(Annotations.read(resource, Annotations.ACCEPT_IDENTITY));
    if (status.serverId().equals(serverId) || accepted) return Optional.empty();
    return Optional.of(
        new Sight.Stranger(
            new Failure(
                Reason.IdentityChanged,
                "another server answers under the name of %s: if that is right, the platform team annotates it with %s: \"%s\""
                    .formatted(name, Annotations.ACCEPT_IDENTITY, serverId))));
  }
}
