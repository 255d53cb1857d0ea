package dev.backingservice.kube;

import dev.backingservice.model.Labels;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Listable;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Our own kinds and the namespaces they live in.
public final class Resources {
  private static final PatchContext MERGE =
      new PatchContext.Builder()
          .withPatchType(PatchType.JSON_MERGE)
          .withFieldManager(Labels.MANAGER)
          .build();
  private static final int PAGE = 16;
  private final KubernetesClient client;
  private final KubernetesClient metadata;

  public Resources(KubernetesClient client, MetadataOnly metadata) {
    this.client = client;
    this.metadata = metadata.client();
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

  /// The versions of all resources of a kind, past every cache.
  ///
  /// @param namespaces where to look; empty: everywhere
  public <T extends HasMetadata> Versions versions(Class<T> kind, Set<String> namespaces) {
    var versions = new Versions.Reading();
    if (namespaces.isEmpty()) versions(metadata.resources(kind).inAnyNamespace(), versions);
    for (var n : namespaces) versionsIn(kind, n, versions);
    return versions.done();
  }

  /// A namespace that is gone has taken the right to read it along.
  private <T extends HasMetadata> void versionsIn(
      Class<T> kind, String namespace, Versions.Reading into) {
    try {
      versions(metadata.resources(kind).inNamespace(namespace), into);
    } catch (KubernetesClientException e) {
      if (!Refusals.forbidden(e)) throw e;
    }
  }

  private static <T extends HasMetadata> void versions(
      Listable<KubernetesResourceList<T>> all, Versions.Reading into) {
    var next = "";
    do {
      var page =
          all.list(new ListOptionsBuilder().withLimit((long) PAGE).withContinue(next).build());
      for (var item : page.getItems())
        into.item(item.getMetadata().getUid(), item.getMetadata().getResourceVersion());
      into.list(page.getMetadata().getResourceVersion());
      next = page.getMetadata().getContinue();
    } while (next != null && !next.isEmpty());
  }

  /// Records a status. The resource carries no spec, and the resourceVersion that was seen: a
  /// change of the spec in between fails with 409, so that no status is ever written about a
  /// spec nobody read.
  public <T extends HasMetadata> T recordStatus(T resource) {
    return client.resource(resource).subresource("status").update();
  }

  /// Sets one annotation, unless somebody changed the resource meanwhile: then it is refused with
  /// 409.
  ///
  /// @param resource its kind, namespace, name and the version that was seen
  public HasMetadata annotate(GenericKubernetesResource resource, String name, String value) {
    return client
        .genericKubernetesResources(resource.getApiVersion(), resource.getKind())
        .inNamespace(resource.getMetadata().getNamespace())
        .resource(resource)
        .patch(MERGE, annotation(resource, name, value));
  }

  private static String annotation(HasMetadata resource, String name, String value) {
    return "{\"metadata\":{\"resourceVersion\":\"%s\",\"annotations\":{\"%s\":\"%s\"}}}"
        .formatted(resource.getMetadata().getResourceVersion(), name, value);
  }

  /// The same for a resource as it was read.
  ///
  /// @return the resource with its new version
  public <T extends HasMetadata> T mark(T resource, String name, String value) {
    return client.resource(resource).patch(MERGE, annotation(resource, name, value));
  }

  /// Takes an annotation off a BackingServer.
  public void forgetOnServer(String server, String name) {
    client
        .genericKubernetesResources(Labels.API_VERSION, "BackingServer")
        .withName(server)
        .patch(MERGE, "{\"metadata\":{\"annotations\":{\"%s\":null}}}".formatted(name));
  }
}
