package dev.backingservice.operator;

import dev.backingservice.act.ServerActor;
import dev.backingservice.act.StatusRecorder;
import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingServerStatus;
import dev.backingservice.engine.Directory;
import dev.backingservice.engine.Engines;
import dev.backingservice.kube.Resources;
import dev.backingservice.model.Labels;
import dev.backingservice.observe.ServerObserver;
import dev.backingservice.operator.metrics.LeaderActivity;
import dev.backingservice.plan.ServerAftermath;
import dev.backingservice.plan.ServerFacts;
import dev.backingservice.plan.ServerPlanner;
import dev.backingservice.report.ServerNotices;
import dev.backingservice.report.ServerReporter;
import dev.backingservice.report.ServerReporter.Ties;
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
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.jboss.logging.Logger;

/// Looks at one server, again and again, and says what was seen.
@GradualRetry(
    maxAttempts = -1,
    initialInterval = 1000,
    intervalMultiplier = 2,
    maxInterval = 300_000)
@ControllerConfiguration(
    name = "backingserver",
    generationAwareEventProcessing = false,
    informer = @Informer(comparableResourceVersions = false, onUpdateFilter = PeopleChanges.class),
    finalizerName = Labels.FINALIZER,
    fieldManager = Labels.MANAGER)
public class BackingServerReconciler implements Reconciler<BackingServer>, Cleaner<BackingServer> {
  private static final Logger LOG = Logger.getLogger(BackingServerReconciler.class);
  private static final Duration WELL = Duration.ofSeconds(15);
  private static final Duration ILL = Duration.ofSeconds(1);
  private static final Duration ILL_LONGEST = Duration.ofMinutes(1);
  private static final Duration OWING_LONGEST = Duration.ofSeconds(10);
  private static final Duration SOON = Duration.ofMillis(20);
  private final Resources resources;
  private final ServerObserver observer;
  private final ServerActor actor;
  private final StatusRecorder recorder;
  private final Directory directory;
  private final Engines engines;
  private final Census census;
  private final LeaderActivity activity;
  private final SoleInstallation sole;
  private final InstantSource clock;

  BackingServerReconciler(
      Resources resources,
      ServerObserver observer,
      ServerActor actor,
      StatusRecorder recorder,
      Directory directory,
      Engines engines,
      Census census,
      LeaderActivity activity,
      SoleInstallation sole,
      Installation installation) {
    this.resources = resources;
    this.observer = observer;
    this.actor = actor;
    this.recorder = recorder;
    this.directory = directory;
    this.engines = engines;
    this.census = census;
    this.activity = activity;
    this.sole = sole;
    this.clock = installation.clock();
  }

  @Override
  public List<EventSource<?, BackingServer>> prepareEventSources(
      EventSourceContext<BackingServer> context) {
    var poked = new SimpleInboundEventSource<BackingServer>("attachments");
    census.servers(context.getPrimaryCache(), poked);
    return List.of(poked);
  }

  @Override
  public UpdateControl<BackingServer> reconcile(
      BackingServer cached, Context<BackingServer> context) {
    var fresh = resources.fresh(cached);
    if (fresh.isEmpty()) return UpdateControl.noUpdate();
    return UpdateControl.<BackingServer>noUpdate()
        .rescheduleAfter(pass(claimed(fresh.get())).again);
  }

  /// Two installations that began when there was no BackingServer meet at the first one.
  private BackingServer claimed(BackingServer resource) {
    return sole.claim(resource)
        .orElseGet(
            () -> {
              Runtime.getRuntime().halt(1);
              return resource;
            });
  }

  private Pass pass(BackingServer resource) {
    activity.looked();
    try {
      return looked(resource);
    } catch (RuntimeException e) {
      broken(resource, e);
      throw e;
    }
  }

  /// A bug is told like everything else; when that fails too, the log has it.
  private void broken(BackingServer resource, RuntimeException bug) {
    if (bug instanceof KubernetesClientException) return;
    try {
      record(resource, ServerReporter.broken(resource, clock.instant()));
    } catch (RuntimeException e) {
      LOG.warnf("a bug could not be told: cause=%s", e.getClass().getSimpleName());
    }
  }

  private Pass looked(BackingServer resource) {
    var facts = observer.observe(resource, census.otherServers(resource));
    engines.keep(directory.all());
    var plan = ServerPlanner.plan(facts);
    var after = ServerAftermath.of(plan, actor.carryOut(plan));
    var ties = ties(resource, after);
    var status = ServerReporter.report(resource, after, ties, clock.instant());
    return new Pass(ties, record(resource, status) ? again(after, status, ties) : SOON);
  }

  /// A server that is down is asked at the pace of the outage's age; one that owes a fence is asked
  /// often enough to pay soon.
  private Duration again(ServerFacts after, BackingServerStatus status, Ties ties) {
    if (after.seen() instanceof ServerFacts.Seen.Answers) return WELL;
    var age = Duration.between(ServerReporter.unreachableSince(status), clock.instant());
    return ties.debts() > 0
        ? bounded(age.dividedBy(60), OWING_LONGEST)
        : bounded(age.dividedBy(4), ILL_LONGEST);
  }

  private static Duration bounded(Duration pace, Duration longest) {
    if (pace.compareTo(ILL) < 0) return ILL;
    return pace.compareTo(longest) > 0 ? longest : pace;
  }

  private record Pass(Ties ties, Duration again) {}

  @Override
  public DeleteControl cleanup(BackingServer cached, Context<BackingServer> context) {
    var fresh = resources.fresh(cached);
    if (fresh.isPresent() && !pass(fresh.get()).ties.none())
      return DeleteControl.noFinalizerRemoval().rescheduleAfter(ILL);
    directory.remove(cached.getMetadata().getName());
    engines.keep(directory.all());
    return DeleteControl.defaultDelete();
  }

  private Ties ties(BackingServer resource, ServerFacts facts) {
    var name = resource.getMetadata().getName();
    var before = resource.getStatus() == null ? null : resource.getStatus().attached();
    int attached =
        census.attachedTo(name).map(List::size).orElse(Objects.requireNonNullElse(before, 0));
    return new Ties(attached, facts.owed().size() + census.owedTo(name), census.standbysOf(name));
  }

  private boolean record(BackingServer resource, BackingServerStatus status) {
    if (status.equals(resource.getStatus())) return true;
    var patch = new BackingServer();
    patch.setMetadata(
        new ObjectMetaBuilder()
            .withName(resource.getMetadata().getName())
            .withResourceVersion(resource.getMetadata().getResourceVersion())
            .build());
    patch.setSpec(null);
    patch.setStatus(status);
    if (recorder.record(patch).isEmpty()) return false;
    for (var notice : ServerNotices.of(resource.getStatus(), status))
      recorder.tell(resource, notice.kind().name(), notice.reason(), notice.note());
    return true;
  }
}
