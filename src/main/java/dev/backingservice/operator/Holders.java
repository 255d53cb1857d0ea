package dev.backingservice.operator;

import dev.backingservice.api.BackingService;
import dev.backingservice.api.BackingServiceStatus.Attachment;
import dev.backingservice.api.SwapProgress;
import dev.backingservice.model.Names;
import dev.backingservice.model.ServiceId;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which logins services hold on a server: the published one, and those of a swap under way.
///
/// @param instance fingerprint of this operator
record Holders(String instance) {
  /// @param names every name of one server
  Set<String> logins(Collection<BackingService> services, Set<String> names) {
    return services.stream().flatMap(s -> logins(s, names)).collect(Collectors.toSet());
  }

  private Stream<String> logins(BackingService service, Set<String> names) {
    var status = service.getStatus();
    if (status == null || status.observedGeneration() == null) return unknown(service);
    return Stream.concat(
            Stream.ofNullable(status.active()),
            Stream.ofNullable(status.swap()).flatMap(Holders::inMotion))
        .filter(a -> names.contains(a.server()))
        .map(Attachment::login);
  }

  /// A service whose status was lost may hold either of its logins anywhere.
  private Stream<String> unknown(BackingService service) {
    var meta = service.getMetadata();
    var id = new ServiceId(meta.getNamespace(), meta.getName(), meta.getUid());
    return Stream.of(Names.Slot.values()).map(slot -> Names.login(instance, id, slot));
  }

  private static Stream<Attachment> inMotion(SwapProgress swap) {
    if (swap.completedAt() != null || swap.abortedAt() != null) return Stream.empty();
    boolean both = swap.cutAt() == null || "Repoint".equals(swap.motion());
    return Stream.of(both ? swap.source() : null, swap.target()).filter(Objects::nonNull);
  }
}
