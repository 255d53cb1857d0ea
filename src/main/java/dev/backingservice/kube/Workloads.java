package dev.backingservice.kube;

import dev.backingservice.model.LabelSelector;
import dev.backingservice.model.Labels;
import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector.Kind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Workloads of one namespace, and what is written into them: by server-side apply, never
/// forced, under one field manager per binding, so that each binding comes and goes alone.
public final class Workloads {
  private final KubernetesClient client;

  public Workloads(KubernetesClient client) {
    this.client = client;
  }

  public Optional<Workload> find(String namespace, WorkloadKey key) {
    return Optional.ofNullable(
            client
                .genericKubernetesResources(Workload.apiVersion(key.kind()), key.kind().name())
                .inNamespace(namespace)
                .withName(key.name())
                .get())
        .map(object -> read(key.kind(), object));
  }

  public List<Workload> matching(String namespace, Kind kind, LabelSelector selector) {
    return client
        .genericKubernetesResources(Workload.apiVersion(kind), kind.name())
        .inNamespace(namespace)
        .withLabelSelector(Selectors.write(selector))
        .list()
        .getItems()
        .stream()
        .map(o -> read(kind, o))
        .toList();
  }

  /// Writes a projection at an epoch.
  public Workload project(String namespace, Workload workload, Projection projection, long epoch) {
    var template = projection.patch(workload.template(), epoch);
    return apply(namespace, workload, projection.shape().bindingName(), Optional.of(template));
  }

  /// Takes everything of a binding out again, and nothing else: an apply without a spec.
  public void withdraw(String namespace, Workload workload, String bindingName) {
    apply(namespace, workload, bindingName, Optional.empty());
  }

  private Workload apply(
      String namespace, Workload workload, String bindingName, Optional<PodTemplateSpec> template) {
    var kind = workload.key().kind();
    var patch = new GenericKubernetesResource();
    patch.setApiVersion(Workload.apiVersion(kind));
    patch.setKind(kind.name());
    // the uid keeps the apply from creating a workload that was deleted meanwhile
    patch.setMetadata(
        new ObjectMetaBuilder()
            .withName(workload.key().name())
            .withNamespace(namespace)
            .withUid(workload.uid())
            .build());
    template.ifPresent(t -> patch.setAdditionalProperty("spec", nested(kind, t)));
    var applied =
        client
            .genericKubernetesResources(Workload.apiVersion(kind), kind.name())
            .inNamespace(namespace)
            .resource(patch)
            .fieldManager(Labels.binding(bindingName))
            .serverSideApply();
    return read(kind, applied);
  }

  private static Object nested(Kind kind, PodTemplateSpec template) {
    Object value = template;
    var path = Workload.path(kind);
    for (int i = path.size() - 1; i > 0; i--) value = Map.of(path.get(i), value);
    return value;
  }

  private Workload read(Kind kind, GenericKubernetesResource object) {
    @Nullable Object at = object.getAdditionalProperties();
    for (var step : Workload.path(kind)) at = at instanceof Map<?, ?> map ? map.get(step) : null;
    var template = client.getKubernetesSerialization().convertValue(at, PodTemplateSpec.class);
    return new Workload(
        new WorkloadKey(kind, object.getMetadata().getName()),
        object.getMetadata().getUid(),
        template,
        Workload.rolledOut(kind, object));
  }
}
