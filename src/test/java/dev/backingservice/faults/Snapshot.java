package dev.backingservice.faults;

import dev.backingservice.api.BackingService;
import dev.backingservice.api.Condition;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What one phase of a life leaves behind, without names and times.
///
/// @param ended whether status speaks about the last edit and says that nothing is under way
/// @param service server, epoch and access as status says them; empty when it is gone
/// @param conditions status and reason of each
/// @param debts how many fences are owed
/// @param secret epoch, server and requested server in the binding Secret; empty without one
/// @param workload epoch in the pod template and how often the template changed
/// @param logins slot, server and whether it may log in
record Snapshot(
    boolean ended,
    String service,
    SortedMap<String, String> conditions,
    int debts,
    String secret,
    String workload,
    SortedMap<String, Boolean> logins) {

  /// Whether an older credential works until an overlap ends.
  boolean overlaps() {
    return conditions.getOrDefault("Fenced", "").endsWith("/Overlap");
  }

  static Snapshot of(
      Optional<BackingService> service,
      Optional<Secret> secret,
      Deployment workload,
      SortedMap<String, Boolean> logins) {
    var status = service.map(BackingService::getStatus);
    var active = status.flatMap(s -> Optional.ofNullable(s.active()));
    var debts = status.flatMap(s -> Optional.ofNullable(s.debts()));
    return new Snapshot(
        service.map(Snapshot::ended).orElse(true),
        active.map(a -> "%s %d %s".formatted(a.server(), a.epoch(), a.access())).orElse(""),
        status
            .map(
                s ->
                    s.conditions().stream()
                        .collect(
                            Collectors.toMap(
                                Condition::type,
                                c -> c.status() + "/" + c.reason(),
                                (one, _) -> one,
                                TreeMap::new)))
            .orElseGet(TreeMap::new),
        debts.map(d -> d.size()).orElse(0),
        secret.map(Snapshot::said).orElse(""),
        "%s after %d changes"
            .formatted(
                annotations(workload.getSpec().getTemplate().getMetadata().getAnnotations()),
                workload.getMetadata().getGeneration()),
        logins);
  }

  private static boolean ended(BackingService service) {
    var status = service.getStatus();
    return status != null
        && Objects.equals(status.observedGeneration(), service.getMetadata().getGeneration())
        && Set.of("Attached", "Detached").contains(status.phase());
  }

  private static String said(Secret secret) {
    var annotations = secret.getMetadata().getAnnotations();
    return "%s %s %s"
        .formatted(
            annotations.get("backingservice.dev/epoch"),
            annotations.get("backingservice.dev/server"),
            annotations.get("backingservice.dev/requested-server"));
  }

  private static String annotations(Map<String, String> annotations) {
    return annotations == null ? "" : String.join(",", annotations.values());
  }
}
