package dev.backingservice.operator;

import dev.backingservice.api.BackingService;
import dev.backingservice.kube.Words;
import dev.backingservice.observe.Registry;
import dev.backingservice.plan.Outcome;
import dev.backingservice.plan.Planner;
import dev.backingservice.report.Reporter;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
  private static final int PHASES = 8;
  private final Workshop workshop;
  private final ServiceRecorder recorder;
  private volatile @Nullable Watches watches;

  BackingServiceReconciler(Workshop workshop) {
    this.workshop = workshop;
    this.recorder = new ServiceRecorder(workshop);
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
    return UpdateControl.<BackingService>noUpdate().rescheduleAfter(passes(fresh.get()).again);
  }

  @Override
  public DeleteControl cleanup(BackingService cached, Context<BackingService> context) {
    var fresh = workshop.resources.fresh(cached);
    if (fresh.isEmpty()) return DeleteControl.defaultDelete();
    if (workshop.stopping) return DeleteControl.noFinalizerRemoval();
    var pass = passes(fresh.get());
    if (!workshop.stopping && pass.outcomes.stream().allMatch(Outcome::done)) {
      workshop.rhythm.forget(cached.getMetadata().getUid());
      return DeleteControl.defaultDelete();
    }
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(pass.again);
  }

  /// One pass, and one more for each phase of a swap that begins with it: what was just recorded is
  /// what the next pass reads, past every cache. Events come last: clients wait between fence and
  /// cut.
  private Pass passes(BackingService resource) {
    var told = new ArrayList<Runnable>();
    try {
      var pass = pass(resource, told);
      for (int i = 0; i < PHASES && pass.onward.isPresent() && !workshop.stopping; i++)
        pass = pass(pass.onward.get(), told);
      return pass;
    } finally {
      told.forEach(Runnable::run);
    }
  }

  private Pass pass(BackingService resource, List<Runnable> told) {
    long began = System.nanoTime();
    var facts = workshop.observer.observe(resource, workshop.engine, registry());
    if (workshop.stopping) return new Pass(List.of(), Optional.empty(), SOON);
    var plan = Planner.plan(facts, workshop.clock.instant());
    var outcomes = workshop.actor.carryOut(plan);
    workshop.meters.acted(outcomes);
    if (outcomes.stream().anyMatch(o -> o.result() instanceof Outcome.Result.LetIn))
      workshop.rhythm.checked(facts.service().id().uid());
    var report =
        Reporter.report(
            resource.getStatus(),
            new Reporter.Done(plan, outcomes),
            workshop.rhythm.jittered(),
            workshop.clock.instant());
    var recorded = recorder.record(marked(resource, outcomes), report);
    if (recorded.resource().isPresent()) told.add(() -> recorder.tell(resource, report));
    recorder.measure(resource, report, facts.inPhase().plusNanos(System.nanoTime() - began));
    return new Pass(outcomes, recorded.resource().filter(_ -> report.onward()), recorded.again());
  }

  /// Our own annotation made a new version of the resource; an edit besides it is not taken for
  /// ours.
  private static BackingService marked(BackingService resource, List<Outcome> outcomes) {
    var meta = resource.getMetadata();
    for (var outcome : outcomes)
      if (outcome.result() instanceof Outcome.Result.Marked(var version, long generation)
          && Objects.equals(meta.getGeneration(), generation)) meta.setResourceVersion(version);
    return resource;
  }

  private Registry registry() {
    return Objects.requireNonNull(watches, "reconciles begin after the watches are made");
  }

  /// @param onward the resource as recorded, when the next phase begins at once
  private record Pass(List<Outcome> outcomes, Optional<BackingService> onward, Duration again) {}
}
