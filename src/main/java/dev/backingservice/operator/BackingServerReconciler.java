package dev.backingservice.operator;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingServerStatus;
import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.Words;
import dev.backingservice.report.ServerReporter;
import dev.backingservice.report.ServerReporter.Seen;
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
import java.util.List;
import java.util.Objects;

/// Looks at one server, again and again, and says what was seen.
@GradualRetry(
    maxAttempts = -1,
    initialInterval = 1000,
    intervalMultiplier = 2,
    maxInterval = 300_000)
@ControllerConfiguration(
    name = "backingserver",
    generationAwareEventProcessing = false,
    informer = @Informer(comparableResourceVersions = false, onUpdateFilter = SpecOrWord.class),
    finalizerName = Words.FINALIZER,
    fieldManager = Words.MANAGER)
public class BackingServerReconciler implements Reconciler<BackingServer>, Cleaner<BackingServer> {
  private static final Duration WELL = Duration.ofSeconds(15);
  private static final Duration ILL = Duration.ofSeconds(1);
  private static final Duration SOON = Duration.ofMillis(20);
  private final Workshop workshop;
  private final Inspection inspection;

  BackingServerReconciler(Workshop workshop) {
    this.workshop = workshop;
    this.inspection = new Inspection(workshop);
  }

  @Override
  public List<EventSource<?, BackingServer>> prepareEventSources(
      EventSourceContext<BackingServer> context) {
    var poked = new SimpleInboundEventSource<BackingServer>("attachments");
    workshop.census.servers(context.getPrimaryCache(), poked);
    return List.of(poked);
  }

  @Override
  public UpdateControl<BackingServer> reconcile(
      BackingServer cached, Context<BackingServer> context) {
    var fresh = workshop.resources.fresh(cached);
    if (fresh.isEmpty()) return UpdateControl.noUpdate();
    return UpdateControl.<BackingServer>noUpdate().rescheduleAfter(pass(fresh.get()).again);
  }

  private Pass pass(BackingServer resource) {
    var seen = inspection.look(resource);
    var ties = ties(resource, seen);
    var status = ServerReporter.report(resource, seen, ties, workshop.clock.instant());
    var again = seen instanceof Seen.Answers ? WELL : ILL;
    return new Pass(ties, record(resource, status) ? again : SOON);
  }

  private record Pass(Ties ties, Duration again) {}

  @Override
  public DeleteControl cleanup(BackingServer cached, Context<BackingServer> context) {
    var fresh = workshop.resources.fresh(cached);
    if (fresh.isPresent() && !pass(fresh.get()).ties.none())
      return DeleteControl.noFinalizerRemoval().rescheduleAfter(ILL);
    workshop.directory.remove(cached.getMetadata().getName());
    workshop.directory.tidy(workshop.engine);
    return DeleteControl.defaultDelete();
  }

  private Ties ties(BackingServer resource, Seen seen) {
    var name = resource.getMetadata().getName();
    var before = resource.getStatus() == null ? null : resource.getStatus().attached();
    int attached =
        workshop
            .census
            .attachedTo(name)
            .map(List::size)
            .orElse(Objects.requireNonNullElse(before, 0));
    return new Ties(attached, seen.debts() + workshop.census.owedTo(name));
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
    try {
      workshop.resources.recordStatus(patch);
      return true;
    } catch (KubernetesClientException e) {
      if (Refusals.conflict(e)) return false;
      throw e;
    }
  }
}
