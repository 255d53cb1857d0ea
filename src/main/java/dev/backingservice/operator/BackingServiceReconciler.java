package dev.backingservice.operator;

import dev.backingservice.api.BackingService;
import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.api.SwapProgress;
import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.Words;
import dev.backingservice.observe.Registry;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Outcome;
import dev.backingservice.plan.Planner;
import dev.backingservice.report.Report;
import dev.backingservice.report.Reporter;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Observe, plan, act, report: once per reconcile, for one service.
@GradualRetry(
    maxAttempts = -1,
    initialInterval = 1000,
    intervalMultiplier = 2,
    maxInterval = 300_000)
@ControllerConfiguration(
    name = "backingservice",
    generationAwareEventProcessing = false,
    informer = @Informer(comparableResourceVersions = false, onUpdateFilter = SpecOrWord.class),
    finalizerName = Words.FINALIZER,
    fieldManager = Words.MANAGER)
public class BackingServiceReconciler
    implements Reconciler<BackingService>, Cleaner<BackingService> {
  private static final Duration SOON = Duration.ofMillis(20);
  private static final Logger LOG = Logger.getLogger(BackingServiceReconciler.class);
  private final Workshop workshop;
  private volatile @Nullable Watches watches;

  BackingServiceReconciler(Workshop workshop) {
    this.workshop = workshop;
  }

  @Override
  public List<EventSource<?, BackingService>> prepareEventSources(
      EventSourceContext<BackingService> context) {
    var made = new Watches(context, workshop.census);
    watches = made;
    return made.sources();
  }

  @Override
  public UpdateControl<BackingService> reconcile(
      BackingService cached, Context<BackingService> context) {
    var fresh = workshop.resources.fresh(cached);
    if (fresh.isEmpty() || workshop.stopping) return UpdateControl.noUpdate();
    var pass = pass(fresh.get());
    return UpdateControl.<BackingService>noUpdate().rescheduleAfter(pass.again);
  }

  @Override
  public DeleteControl cleanup(BackingService cached, Context<BackingService> context) {
    var fresh = workshop.resources.fresh(cached);
    if (fresh.isEmpty()) return DeleteControl.defaultDelete();
    if (workshop.stopping) return DeleteControl.noFinalizerRemoval();
    var pass = pass(fresh.get());
    if (!workshop.stopping && pass.outcomes.stream().allMatch(Outcome::done)) {
      workshop.rhythm.forget(cached.getMetadata().getUid());
      return DeleteControl.defaultDelete();
    }
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(pass.again);
  }

  private Pass pass(BackingService resource) {
    long began = System.nanoTime();
    var facts = workshop.observer.observe(resource, workshop.engine, registry());
    if (workshop.stopping) return new Pass(List.of(), SOON);
    var plan = Planner.plan(facts, workshop.clock.instant());
    var outcomes = workshop.actor.carryOut(plan);
    workshop.meters.acted(outcomes);
    var report =
        Reporter.report(
            resource.getStatus(),
            new Reporter.Done(plan, outcomes),
            workshop.rhythm.jittered(),
            workshop.clock.instant());
    var again = record(marked(resource, outcomes), report);
    measure(resource, report, facts.inPhase().plusNanos(System.nanoTime() - began));
    return new Pass(outcomes, again);
  }

  /// Our own annotation made a new version of the resource; an edit besides it is not taken for
  // ours.
  private BackingService marked(BackingService resource, List<Outcome> outcomes) {
    if (outcomes.stream().noneMatch(o -> o.action() instanceof Action.MarkAttached))
      return resource;
    return workshop
        .resources
        .fresh(resource)
        .filter(
            f ->
                Objects.equals(
                    f.getMetadata().getGeneration(), resource.getMetadata().getGeneration()))
        .orElse(resource);
  }

  private Registry registry() {
    return Objects.requireNonNull(watches, "reconciles begin after the watches are made");
  }

  private record Pass(List<Outcome> outcomes, Duration again) {}

  /// Writes the status when it says something new; a spec that was edited meanwhile is read first.
  private Duration record(BackingService resource, Report report) {
    if (Objects.equals(report.status(), resource.getStatus())) return report.again();
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
    try {
      workshop.resources.recordStatus(patch);
    } catch (KubernetesClientException e) {
      LOG.debugf(
          "status not written: service=%s/%s said=%s",
          meta.getNamespace(), meta.getName(), Refusals.said(e));
      if (Refusals.conflict(e)) return SOON;
      throw e;
    }
    tell(resource, report);
    return report.again();
  }

  /// A phase that was left is worth a figure.
  private void measure(BackingService resource, Report report, Duration inPhase) {
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

  private void tell(BackingService resource, Report report) {
    for (var notice : report.notices())
      workshop.events.tell(resource, notice.kind().name(), notice.reason(), notice.note());
    var was = active(resource.getStatus());
    var is = active(report.status());
    if (was.equals(is)) return;
    Stream.of(was, is).flatMap(Optional::stream).forEach(workshop.census::changed);
  }

  private static Optional<String> active(@Nullable BackingServiceStatus status) {
    return Optional.ofNullable(status).map(s -> s.active()).map(a -> a.server());
  }
}
