package dev.backingservice.operator;

import dev.backingservice.act.Actor;
import dev.backingservice.api.BackingService;
import dev.backingservice.api.BackingServiceSpec;
import dev.backingservice.kube.MetadataOnly;
import dev.backingservice.kube.Refusals;
import dev.backingservice.model.Labels;
import dev.backingservice.model.Published;
import dev.backingservice.observe.Observer;
import dev.backingservice.observe.Registry;
import dev.backingservice.observe.Rhythm;
import dev.backingservice.operator.ServiceRecorder.Recorded;
import dev.backingservice.operator.metrics.Meters;
import dev.backingservice.plan.Aftermath;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.Outcome;
import dev.backingservice.plan.Planner;
import dev.backingservice.report.Report;
import dev.backingservice.report.Reporter;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
    informer =
        @Informer(
            comparableResourceVersions = false,
            onUpdateFilter = ServiceChanges.class,
            informerListLimit = BackingServiceReconciler.PAGE),
    finalizerName = Labels.FINALIZER,
    fieldManager = Labels.MANAGER)
public class BackingServiceReconciler
    implements Reconciler<BackingService>, Cleaner<BackingService> {
  private static final Logger LOG = Logger.getLogger(BackingServiceReconciler.class);

  /// Services in one answer: one may have more than a megabyte.
  static final long PAGE = 32;

  private static final Duration SOON = Duration.ofMillis(20);

  /// Of a service that is gone the watch says so soon; one that the API server did not know for a
  /// moment is looked at again.
  private static final Duration ABSENT = Duration.ofSeconds(5);
  private static final int PHASES = 8;
  private final Latest latest;
  private final Observer observer;
  private final Actor actor;
  private final Rhythm rhythm;
  private final ServiceRecorder recorder;
  private final Meters meters;
  private final Census census;
  private final GivenSecrets given;
  private final BindingSecrets bindings;
  private final MetadataOnly metadata;
  private final Stopping stopping;
  private final InstantSource clock;
  private volatile @Nullable Watches watches;

  BackingServiceReconciler(
      Latest latest,
      Observer observer,
      Actor actor,
      Rhythm rhythm,
      ServiceRecorder recorder,
      Meters meters,
      Census census,
      GivenSecrets given,
      BindingSecrets bindings,
      MetadataOnly metadata,
      Stopping stopping,
      Installation installation) {
    this.latest = latest;
    this.observer = observer;
    this.actor = actor;
    this.rhythm = rhythm;
    this.recorder = recorder;
    this.meters = meters;
    this.census = census;
    this.given = given;
    this.bindings = bindings;
    this.metadata = metadata;
    this.stopping = stopping;
    this.clock = installation.clock();
  }

  @Override
  public List<EventSource<?, BackingService>> prepareEventSources(
      EventSourceContext<BackingService> context) {
    var made = new Watches(context, census, given, bindings, metadata);
    var cache = context.getPrimaryCache();
    latest.watched(known -> cache.get(ResourceID.fromResource(known)));
    watches = made;
    return made.sources();
  }

  @Override
  public UpdateControl<BackingService> reconcile(
      BackingService cached, Context<BackingService> context) {
    if (stopping.asked()) return UpdateControl.noUpdate();
    try {
      return latest
          .of(cached, BackingServiceReconciler::moving)
          .map(
              known ->
                  UpdateControl.<BackingService>noUpdate().rescheduleAfter(passes(known).again))
          .orElseGet(() -> UpdateControl.<BackingService>noUpdate().rescheduleAfter(ABSENT));
    } catch (KubernetesClientException e) {
      if (Refusals.conflict(e)) latest.outrun(cached);
      throw e;
    }
  }

  /// In the middle of a swap an edit that the watch has not delivered is one more reason to undo. A
  /// detachment locks accounts before anything is recorded.
  private static boolean moving(BackingService resource) {
    return ServiceRecorder.phase(resource.getStatus()).isPresent() || leaving(resource);
  }

  private static boolean leaving(BackingService resource) {
    return resource.getSpec().state() == BackingServiceSpec.State.Detached
        && resource.getStatus() != null
        && resource.getStatus().active() != null;
  }

  /// What is taken away cannot be put back: the resource is read past every cache.
  @Override
  public DeleteControl cleanup(BackingService cached, Context<BackingService> context) {
    var fresh = latest.asked(cached);
    if (fresh.isEmpty()) {
      rhythm.forget(cached.getMetadata().getUid());
      return DeleteControl.noFinalizerRemoval().rescheduleAfter(ABSENT);
    }
    if (stopping.asked()) return DeleteControl.noFinalizerRemoval();
    var pass = passes(fresh.get());
    if (!stopping.asked() && pass.outcomes.stream().allMatch(Outcome::done)) {
      rhythm.forget(cached.getMetadata().getUid());
      latest.gone(cached);
      return DeleteControl.defaultDelete();
    }
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(pass.again);
  }

  /// One pass, and one more for each phase of a swap that begins with it: what was just recorded is
  /// what the next pass reads. Events come last: clients wait between fence and
  /// cut. A bug shows in the status and is tried again at the framework's pace.
  private Pass passes(BackingService resource) {
    var told = new ArrayList<Runnable>();
    given.follow(resource);
    try {
      var pass = pass(resource, Optional.empty(), told);
      for (int i = 0; i < PHASES && pass.onward.isPresent() && !stopping.asked(); i++)
        pass = pass(pass.onward.get(), pass.held, told);
      return pass;
    } catch (RuntimeException e) {
      recorder.broken(resource, e);
      throw e;
    } finally {
      told.forEach(Runnable::run);
    }
  }

  private Pass pass(BackingService resource, Optional<Published> held, List<Runnable> told) {
    long began = System.nanoTime();
    var facts = observer.observe(resource, registry(), held);
    if (stopping.asked()) return Pass.over(List.of(), SOON);
    var plan = Planner.plan(facts, clock.instant());
    var outcomes = actor.carryOut(plan);
    var after = Aftermath.of(plan, outcomes, rhythm.jittered(), clock.instant());
    var report = Reporter.report(resource.getStatus(), after, clock.instant());
    count(facts, outcomes);
    var recorded = record(facts, marked(resource, outcomes), report);
    recorder.measure(resource, report, facts.inPhase().plusNanos(System.nanoTime() - began));
    return switch (recorded) {
      case Recorded.Unchanged _ -> Pass.over(outcomes, after.again());
      case Recorded.Outrun _ -> Pass.over(outcomes, SOON);
      case Recorded.Written(var written) -> {
        told.add(() -> recorder.tell(resource, report));
        transition(facts, after);
        yield new Pass(
            outcomes,
            Optional.of(written).filter(_ -> after.onward()),
            Optional.of(facts.published())
                .filter(p -> p instanceof Published.Binding && after.leavesBinding()),
            after.again());
      }
    };
  }

  /// What a login has shown and nobody was told is tried again in the next pass.
  private Recorded record(Facts facts, BackingService resource, Report report) {
    Recorded recorded = new Recorded.Outrun();
    try {
      recorded = recorder.record(resource, report);
      return recorded;
    } finally {
      if (recorded instanceof Recorded.Outrun && facts.login().isPresent())
        rhythm.checkSoon(facts.service().id().uid());
    }
  }

  private void count(Facts facts, List<Outcome> outcomes) {
    meters.acted(outcomes);
    if (outcomes.stream().anyMatch(o -> o.result() instanceof Outcome.Result.LetIn))
      rhythm.checked(facts.service().id().uid());
  }

  private static void transition(Facts facts, Aftermath after) {
    var was = facts.memory().swap().getClass().getSimpleName();
    var is = after.swap().getClass().getSimpleName();
    if (!was.equals(is)) LOG.infof("swap: service=%s from=%s to=%s", facts.service().id(), was, is);
  }

  /// Our own annotation made a new version of the resource; an edit besides it is not taken for
  /// ours.
  private static BackingService marked(BackingService resource, List<Outcome> outcomes) {
    var marked = resource.copy();
    var meta = marked.getMetadata();
    for (var outcome : outcomes)
      if (outcome.result() instanceof Outcome.Result.Marked(var version, long generation)
          && Objects.equals(meta.getGeneration(), generation)) meta.setResourceVersion(version);
    return marked;
  }

  private Registry registry() {
    return Objects.requireNonNull(watches, "reconciles begin after the watches are made");
  }

  /// @param onward the resource as recorded, when the next phase begins at once
  /// @param held what the binding Secret said, where this pass did not write it
  private record Pass(
      List<Outcome> outcomes,
      Optional<BackingService> onward,
      Optional<Published> held,
      Duration again) {
    /// No phase begins at once.
    static Pass over(List<Outcome> outcomes, Duration again) {
      return new Pass(outcomes, Optional.empty(), Optional.empty(), again);
    }
  }
}
