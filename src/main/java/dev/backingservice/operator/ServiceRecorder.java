package dev.backingservice.operator;

import dev.backingservice.act.StatusRecorder;
import dev.backingservice.api.BackingService;
import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.api.SwapProgress;
import dev.backingservice.operator.metrics.Meters;
import dev.backingservice.report.Report;
import dev.backingservice.report.Reporter;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Has recorded what a pass has to say about one service: status, events, figures.
@Singleton
class ServiceRecorder {
  private static final Logger LOG = Logger.getLogger(ServiceRecorder.class);
  private final StatusRecorder recorder;
  private final Meters meters;
  private final Census census;
  private final Latest latest;
  private final Installation installation;

  ServiceRecorder(
      StatusRecorder recorder,
      Meters meters,
      Census census,
      Latest latest,
      Installation installation) {
    this.recorder = recorder;
    this.meters = meters;
    this.census = census;
    this.latest = latest;
    this.installation = installation;
  }

  /// What became of a report.
  sealed interface Recorded {
    /// It said nothing new.
    record Unchanged() implements Recorded {}

    /// @param resource as it is now
    record Written(BackingService resource) implements Recorded {}

    /// Somebody changed the resource meanwhile: it is read first.
    record Outrun() implements Recorded {}
  }

  /// Writes the status when it says something new.
  Recorded record(BackingService resource, Report report) {
    if (Objects.equals(report.status(), resource.getStatus())) return new Recorded.Unchanged();
    var written = recorder.record(patch(resource, report.status()));
    written.ifPresentOrElse(latest::wrote, () -> latest.outrun(resource));
    return written.<Recorded>map(Recorded.Written::new).orElse(new Recorded.Outrun());
  }

  private static BackingService patch(BackingService resource, BackingServiceStatus status) {
    var patch = new BackingService();
    var meta = resource.getMetadata();
    patch.setMetadata(
        new ObjectMetaBuilder()
            .withName(meta.getName())
            .withNamespace(meta.getNamespace())
            .withUid(meta.getUid())
            .withResourceVersion(meta.getResourceVersion())
            .build());
    patch.setSpec(null);
    patch.setStatus(status);
    return patch;
  }

  /// A bug is told like everything else; when that fails too, the log has it.
  void broken(BackingService resource, RuntimeException bug) {
    if (bug instanceof KubernetesClientException) return;
    try {
      var generation = Optional.ofNullable(resource.getMetadata().getGeneration()).orElse(0L);
      var status =
          Reporter.broken(resource.getStatus(), generation, installation.clock().instant());
      recorder
          .record(patch(resource, status))
          .ifPresentOrElse(latest::wrote, () -> latest.outrun(resource));
    } catch (RuntimeException e) {
      LOG.warnf("a bug could not be told: cause=%s", e.getClass().getSimpleName());
    }
  }

  /// A phase that was left is worth a figure.
  void measure(BackingService resource, Report report, Duration inPhase) {
    var was = phase(resource.getStatus());
    if (was.isPresent() && !was.equals(phase(report.status())))
      meters.phaseTook(was.get(), inPhase);
  }

  static Optional<String> phase(@Nullable BackingServiceStatus status) {
    return Optional.ofNullable(status)
        .flatMap(s -> Optional.ofNullable(s.swap()))
        .filter(s -> s.completedAt() == null && s.abortedAt() == null)
        .map(SwapProgress::phase);
  }

  /// What everybody is to hear of a report that was recorded.
  void tell(BackingService resource, Report report) {
    for (var notice : report.notices())
      recorder.tell(resource, notice.kind().name(), notice.reason(), notice.note());
    var was = tied(resource.getStatus());
    var is = tied(report.status());
    if (was.equals(is)) return;
    Stream.of(was, is).flatMap(List::stream).distinct().forEach(census::changed);
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
