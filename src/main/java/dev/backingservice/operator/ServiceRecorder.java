package dev.backingservice.operator;

import dev.backingservice.api.BackingService;
import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.api.SwapProgress;
import dev.backingservice.kube.Refusals;
import dev.backingservice.report.Report;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Records what a pass has to say about one service: status, events, figures.
final class ServiceRecorder {
  private static final Duration SOON = Duration.ofMillis(20);
  private static final Logger LOG = Logger.getLogger(ServiceRecorder.class);
  private final Workshop workshop;

  ServiceRecorder(Workshop workshop) {
    this.workshop = workshop;
  }

  /// @param resource as it is now; empty when nothing was written
  /// @param again when to look again
  record Recorded(Optional<BackingService> resource, Duration again) {}

  /// Writes the status when it says something new; a spec that was edited meanwhile is read first.
  Recorded record(BackingService resource, Report report) {
    if (Objects.equals(report.status(), resource.getStatus()))
      return new Recorded(Optional.empty(), report.again());
    var patch = new BackingService();
    var meta = resource.getMetadata();
    patch.setMetadata(
        new ObjectMetaBuilder()
            .withName(meta.getName())
            .withNamespace(meta.getNamespace())
            .withResourceVersion(meta.getResourceVersion())
            .build());
    patch.setSpec(null);
    patch.setStatus(report.status());
    BackingService written;
    try {
      written = workshop.resources.recordStatus(patch);
    } catch (KubernetesClientException e) {
      LOG.debugf(
          "status not written: service=%s/%s said=%s",
          meta.getNamespace(), meta.getName(), Refusals.said(e));
      if (Refusals.conflict(e)) return new Recorded(Optional.empty(), SOON);
      throw e;
    }
    return new Recorded(Optional.of(written), report.again());
  }

  /// A phase that was left is worth a figure.
  void measure(BackingService resource, Report report, Duration inPhase) {
    var was = phase(resource.getStatus());
    if (was.isPresent() && !was.equals(phase(report.status())))
      workshop.meters.phaseTook(was.get(), inPhase);
  }

  private static Optional<String> phase(@Nullable BackingServiceStatus status) {
    return Optional.ofNullable(status)
        .flatMap(s -> Optional.ofNullable(s.swap()))
        .filter(s -> s.completedAt() == null && s.abortedAt() == null)
        .map(SwapProgress::phase);
  }

  /// What everybody is to hear of a report that was recorded.
  void tell(BackingService resource, Report report) {
    for (var notice : report.notices())
      workshop.events.tell(resource, notice.kind().name(), notice.reason(), notice.note());
    var was = tied(resource.getStatus());
    var is = tied(report.status());
    if (was.equals(is)) return;
    Stream.of(was, is).flatMap(List::stream).distinct().forEach(workshop.census::changed);
  }

  /// The server that is attached, and one for each fence owed.
  private static List<String> tied(@Nullable BackingServiceStatus status) {
    if (status == null) return List.of();
    return Stream.concat(
            Stream.ofNullable(status.active()).map(a -> a.server()),
            Stream.of(status)
                .flatMap(s -> Stream.ofNullable(s.debts()))
                .flatMap(List::stream)
                .map(d -> d.server()))
        .toList();
  }
}
