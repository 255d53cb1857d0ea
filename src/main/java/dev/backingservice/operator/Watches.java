package dev.backingservice.operator;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import dev.backingservice.kube.MetadataOnly;
import dev.backingservice.observe.Registry;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What wakes a service: its servers and their anchors, the workloads it chooses, the Secret that
/// its tenant hands over, and its binding Secret when that is gone.
final class Watches implements Registry {
  static final String BY_SERVER = "by-server";
  private static final String BY_WORKLOAD = "by-workload";
  private static final String BY_NAMESPACE = "by-namespace";

  /// Workloads in one answer: the metadata of one may have more than a megabyte.
  private static final long PAGE = 16;

  private final EventSourceContext<BackingService> context;
  private final MetadataOnly metadata;
  private final InformerEventSource<BackingServer, BackingService> servers;
  private final InformerEventSource<Namespace, BackingService> namespaces;
  private final EventSource<?, BackingService> handed;
  private final EventSource<?, BackingService> bound;
  private final SimpleInboundEventSource<BackingService> anchors =
      new SimpleInboundEventSource<>("anchors");

  Watches(
      EventSourceContext<BackingService> context,
      Census census,
      GivenSecrets given,
      BindingSecrets bindings,
      MetadataOnly metadata) {
    this.context = context;
    this.metadata = metadata;
    var services = context.getPrimaryCache();
    services.addIndexer(BY_SERVER, service -> List.copyOf(servers(service)));
    services.addIndexer(Census.BY_ACTIVE, service -> active(service));
    services.addIndexer(BY_WORKLOAD, service -> List.copyOf(WorkloadKeys.of(service)));
    census.services(services, anchors);
    services.addIndexer(BY_NAMESPACE, service -> List.of(service.getMetadata().getNamespace()));
    services.addIndexer(GivenSecrets.BY_GIVEN, GivenSecrets::keys);
    handed = given.source(services);
    bound = bindings.source(metadata.client(), services);
    servers = serverSource();
    namespaces = namespaceSource();
  }

  @Override
  public Optional<BackingServer> find(String name) {
    return servers.get(new ResourceID(name));
  }

  @Override
  public List<BackingServer> all() {
    return servers.list().toList();
  }

  @Override
  public List<BackingService> others(BackingService service) {
    var uid = service.getMetadata().getUid();
    return context
        .getPrimaryCache()
        .list(other -> !other.getMetadata().getUid().equals(uid))
        .toList();
  }

  @Override
  public String uid(String namespace) {
    return namespaces.get(new ResourceID(namespace)).map(n -> n.getMetadata().getUid()).orElse("");
  }

  @Override
  public Map<String, String> labels(String namespace) {
    return namespaces
        .get(new ResourceID(namespace))
        .map(n -> n.getMetadata().getLabels())
        .orElse(Map.of());
  }

  List<EventSource<?, BackingService>> sources() {
    var sources =
        new ArrayList<EventSource<?, BackingService>>(
            List.of(servers, namespaces, handed, bound, anchors));
    for (var kind : List.of(Deployment.class, StatefulSet.class, DaemonSet.class, CronJob.class))
      sources.add(workloads(kind));
    return sources;
  }

  private InformerEventSource<BackingServer, BackingService> serverSource() {
    var services = context.getPrimaryCache();
    var configuration =
        InformerEventSourceConfiguration.from(BackingServer.class, BackingService.class)
            .withName("servers")
            .withWatchAllNamespaces() // it is in none
            .withSecondaryToPrimaryMapper(
                server ->
                    services.byIndex(BY_SERVER, server.getMetadata().getName()).stream()
                        .map(ResourceID::fromResource)
                        .collect(Collectors.toSet()))
            .withPrimaryToSecondaryMapper(
                (BackingService service) ->
                    servers(service).stream().map(ResourceID::new).collect(Collectors.toSet()))
            .withOnUpdateFilter(Watches::matters)
            .withComparableResourceVersion(false)
            .build();
    return new InformerEventSource<>(configuration, context);
  }

  /// Labels of a namespace decide which servers admit it.
  private InformerEventSource<Namespace, BackingService> namespaceSource() {
    var services = context.getPrimaryCache();
    var configuration =
        InformerEventSourceConfiguration.from(Namespace.class, BackingService.class)
            .withName("namespaces")
            .withWatchAllNamespaces() // it is in none
            .withKubernetesClient(metadata.withLabels())
            .withSecondaryToPrimaryMapper(
                namespace ->
                    services.byIndex(BY_NAMESPACE, namespace.getMetadata().getName()).stream()
                        .map(ResourceID::fromResource)
                        .collect(Collectors.toSet()))
            .withOnUpdateFilter(
                (now, before) ->
                    !Objects.equals(
                        now.getMetadata().getLabels(), before.getMetadata().getLabels()))
            .withComparableResourceVersion(false)
            .build();
    return new InformerEventSource<>(configuration, context);
  }

  /// Metadata is enough to know that something about a workload has changed.
  private <W extends HasMetadata> InformerEventSource<W, BackingService> workloads(Class<W> kind) {
    var services = context.getPrimaryCache();
    var configuration =
        InformerEventSourceConfiguration.from(kind, BackingService.class)
            .withName(kind.getSimpleName())
            .withKubernetesClient(metadata.client())
            .withInformerListLimit(PAGE)
            .withSecondaryToPrimaryMapper(
                workload ->
                    WorkloadKeys.keys(kind.getSimpleName(), workload.getMetadata())
                        .flatMap(key -> services.byIndex(BY_WORKLOAD, key).stream())
                        .map(ResourceID::fromResource)
                        .collect(Collectors.toSet()))
            .withComparableResourceVersion(false)
            .build();
    return new InformerEventSource<>(configuration, context);
  }

  /// Every server that a service asks for or may still have something on.
  private static Set<String> servers(BackingService service) {
    var names = new LinkedHashSet<String>();
    if (service.getSpec() != null) names.add(service.getSpec().server());
    names.addAll(active(service));
    var status = service.getStatus();
    if (status == null) return names;
    if (status.swap() != null) names.add(status.swap().to());
    if (status.retained() != null) status.retained().forEach(r -> names.add(r.server()));
    if (status.debts() != null) status.debts().forEach(d -> names.add(d.server()));
    return names;
  }

  private static List<String> active(BackingService service) {
    var status = service.getStatus();
    return status == null || status.active() == null
        ? List.of()
        : List.of(status.active().server());
  }

  /// What people change on a server, and what was seen of it; not how many are attached.
  private static boolean matters(BackingServer now, BackingServer before) {
    return new PeopleChanges<BackingServer>().accept(now, before)
        || !Objects.equals(seen(now), seen(before));
  }

  private static @Nullable Object seen(BackingServer server) {
    var status = server.getStatus();
    if (status == null) return null;
    var conditions =
        status.conditions() == null
            ? List.of()
            : status.conditions().stream().map(c -> c.type() + c.status()).toList();
    return List.of(
        String.valueOf(status.serverId()),
        String.valueOf(status.instanceId()),
        String.valueOf(status.role()),
        conditions);
  }
}
