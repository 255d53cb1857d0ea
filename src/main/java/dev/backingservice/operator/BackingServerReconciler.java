package dev.backingservice.operator;

import dev.backingservice.act.FirstSight;
import dev.backingservice.act.ServerCertificates;
import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingServerStatus;
import dev.backingservice.api.BackingService;
import dev.backingservice.api.EngineName;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Session;
import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.Words;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Protection;
import dev.backingservice.model.Reason;
import dev.backingservice.report.ServerReporter;
import dev.backingservice.report.ServerReporter.Seen;
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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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
  private final Map<String, Posture> postures = new ConcurrentHashMap<>();

  BackingServerReconciler(Workshop workshop) {
    this.workshop = workshop;
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
    var resource = fresh.get();
    var seen = look(resource);
    var status =
        ServerReporter.report(resource, seen, attached(resource), workshop.clock.instant());
    var again = seen instanceof Seen.Answers ? WELL : ILL;
    return UpdateControl.<BackingServer>noUpdate()
        .rescheduleAfter(record(resource, status) ? again : SOON);
  }

  @Override
  public DeleteControl cleanup(BackingServer resource, Context<BackingServer> context) {
    if (attached(resource) > 0) return DeleteControl.noFinalizerRemoval().rescheduleAfter(ILL);
    workshop.directory.remove(resource.getMetadata().getName());
    workshop.directory.tidy(workshop.engine);
    return DeleteControl.defaultDelete();
  }

  private Seen look(BackingServer resource) {
    if (resource.getSpec().engine() != EngineName.PostgreSQL)
      return new Seen.Troubled(
          new Failure(
              Reason.EngineNotSupported,
              "this operator does not serve %s yet".formatted(resource.getSpec().engine())),
          0);
    var unreadable =
        certificate(resource).or(() -> workshop.servers.refresh(resource, workshop.engine));
    workshop.directory.tidy(workshop.engine);
    if (unreadable.isPresent())
      return new Seen.Troubled(
          unreadable.get(), workshop.debts.owed(resource.getMetadata().getName()));
    var served = workshop.directory.find(resource.getMetadata().getName()).orElseThrow();
    try (var session = workshop.engine.open(served.server())) {
      var identity = session.identity();
      if (ServerReporter.isNew(resource, identity)) greet(session, resource, identity);
      var key = resource.getMetadata().getGeneration() + identity.instanceId();
      var known = postures.get(resource.getMetadata().getName());
      if (known == null || !known.key.equals(key) || known.old())
        known = new Posture(key, session.posture(), session.protection(), System.nanoTime());
      postures.put(resource.getMetadata().getName(), known);
      int owed = workshop.debts.pay(session, served.server().name(), gone(resource));
      return new Seen.Answers(
          identity, known.findings, known.protection, served.server().data(), owed);
    } catch (EngineException e) {
      int owed = workshop.debts.forgive(resource.getMetadata().getName(), gone(resource));
      return new Seen.Troubled(new Failure(e.reason(), e.sentence()), owed);
    }
  }

  /// The server's own certificate, when the operator is to issue it.
  private Optional<Failure> certificate(BackingServer resource) {
    var tls = resource.getSpec().tls();
    var wanted = tls == null ? null : tls.serverCertificate();
    if (wanted == null) return Optional.empty();
    return workshop.certificates.keep(
        new ServerCertificates.Wanted(
            resource.getMetadata().getName(), wanted.secretName(), wanted.dnsNames()),
        workshop.clock.instant());
  }

  private void greet(Session session, BackingServer resource, Identity identity)
      throws EngineException {
    var name = resource.getMetadata().getName();
    var relatives =
        workshop.resources.every(BackingServer.class, Set.of()).stream()
            .filter(s -> !s.getMetadata().getName().equals(name))
            .filter(s -> s.getStatus() != null)
            .filter(s -> identity.serverId().equals(s.getStatus().serverId()))
            .map(
                s ->
                    new FirstSight.Relative(
                        s.getMetadata().getName(), String.valueOf(s.getStatus().instanceId())))
            .toList();
    workshop.firstSight.greet(
        session,
        new FirstSight.Newcomer(name, identity),
        relatives,
        names ->
            new Holders(workshop.instance)
                .logins(
                    workshop.resources.every(BackingService.class, workshop.namespaces), names));
  }

  /// The lineage that will never answer again, as the platform team says.
  private static String gone(BackingServer resource) {
    var annotations = resource.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(Words.GONE, "");
  }

  /// What was found weak, and when.
  private record Posture(
      String key, List<Finding> findings, Optional<Protection> protection, long at) {
    boolean old() {
      return System.nanoTime() - at > Duration.ofMinutes(1).toNanos();
    }
  }

  private int attached(BackingServer resource) {
    var before = resource.getStatus() == null ? null : resource.getStatus().attached();
    return workshop
        .census
        .attachedTo(resource.getMetadata().getName())
        .map(List::size)
        .orElse(Objects.requireNonNullElse(before, 0));
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
