package dev.backingservice.kube;

import dev.backingservice.model.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Our own kinds and the namespaces they live in.
public final class Resources {
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
  private final KubernetesClient client;

  public Resources(KubernetesClient client) {
    this.client = client;
  }

  /// A resource as it is now, past every cache.
  public <T extends HasMetadata> Optional<T> fresh(T resource) {
    return Optional.ofNullable(client.resource(resource).get());
  }

  /// Every resource of a kind, past every cache.
  ///
  /// @param namespaces where to look; empty: everywhere
  public <T extends HasMetadata> List<T> every(Class<T> kind, Set<String> namespaces) {
    if (namespaces.isEmpty()) return client.resources(kind).inAnyNamespace().list().getItems();
    return namespaces.stream()
        .flatMap(n -> client.resources(kind).inNamespace(n).list().getItems().stream())
        .toList();
  }

  /// Records a status. The resource carries no spec, and the resourceVersion that was seen: a
  /// change of the spec in between fails with 409, so that no status is ever written about a
  /// spec nobody read.
  public <T extends HasMetadata> T recordStatus(T resource) {
    return client
        .resource(resource)
        .subresource("status")
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(Labels.MANAGER)
                .withForce(true)
                .build());
  }

  /// Sets one annotation, by merge: an apply under our manager would drop the finalizer.
  public HasMetadata annotate(HasMetadata resource, String name, String value) {
    return client
        .genericKubernetesResources(resource.getApiVersion(), resource.getKind())
        .inNamespace(resource.getMetadata().getNamespace())
        .withName(resource.getMetadata().getName())
        .patch(MERGE, "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(name, value));
  }

  /// The same, unless somebody changed the resource meanwhile: then it is refused with 409.
  ///
  /// @return the resource with its new version
  public <T extends HasMetadata> T mark(T resource, String name, String value) {
    return client
        .resource(resource)
        .patch(
            MERGE,
            "{\"metadata\":{\"resourceVersion\":\"%s\",\"annotations\":{\"%s\":\"%s\"}}}"
                .formatted(resource.getMetadata().getResourceVersion(), name, value));
  }

  /// Takes an annotation off a BackingServer.
  public void forgetOnServer(String server, String name) {
    client
        .genericKubernetesResources(Labels.API_VERSION, "BackingServer")
        .withName(server)
        .patch(MERGE, "{\"metadata\":{\"annotations\":{\"%s\":null}}}".formatted(name));
  }
}
