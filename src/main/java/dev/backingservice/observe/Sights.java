package dev.backingservice.observe;

import dev.backingservice.api.Annotations;
import dev.backingservice.api.BackingServer;
import dev.backingservice.engine.Claim;
import dev.backingservice.engine.Directory;
import dev.backingservice.engine.EngineException;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Names;
import dev.backingservice.model.Reason;
import dev.backingservice.model.ServiceId;
import dev.backingservice.plan.ServerFact.Sight;
import java.util.Optional;
import java.util.Set;

/// Asks one server what it is and what it holds for one service.
final class Sights {
  private final Directory directory;
  private final String instance;

  Sights(Directory directory, String instance) {
    this.directory = directory;
    this.instance = instance;
  }

  Sight look(String name, Optional<BackingServer> resource, Claim claim) {
    var served = directory.find(name);
    if (served.isEmpty() || resource.isEmpty())
      return new Sight.Troubled(
          new Failure(Reason.ServerUnreachable, "server " + name + " has not been reached yet"));
    try (var session = served.get().engine().open(served.get().server())) {
      var identity = session.identity();
      var changed = changed(resource.get(), identity.serverId());
      if (changed.isPresent()) return new Sight.Troubled(changed.get());
      return new Sight.Answers(identity, session.look(claim, logins(claim.service())));
    } catch (EngineException e) {
      var failure = new Failure(e.reason(), e.sentence());
      return e.silent() ? new Sight.Silent(failure) : new Sight.Troubled(failure);
    }
  }

  private Set<String> logins(ServiceId service) {
    return Set.of(
        Names.login(instance, service, Names.Slot.a), Names.login(instance, service, Names.Slot.b));
  }

  /// Another lineage under a known name: nothing is written there until somebody says that it
  /// is right.
  private static Optional<Failure> changed(BackingServer resource, String serverId) {
    var name = resource.getMetadata().getName();
    var status = resource.getStatus();
    if (status == null || status.serverId() == null)
      return Optional.of(
          new Failure(Reason.Pending, "server " + name + " has not been looked at yet"));
    boolean accepted = serverId.equals(Annotations.read(resource, Annotations.ACCEPT_IDENTITY));
    if (status.serverId().equals(serverId) || accepted) return Optional.empty();
    return Optional.of(
        new Failure(
            Reason.IdentityChanged,
            "another server answers under the name of %s: if that is right, the platform team annotates it with %s: \"%s\""
                .formatted(name, Annotations.ACCEPT_IDENTITY, serverId)));
  }
}
