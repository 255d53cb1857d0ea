package dev.backingservice.kube;

import dev.backingservice.model.LabelSelector;
import dev.backingservice.model.Labels;
import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector.Kind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Workloads of one namespace, and what is written into them: by server-side apply under one field
/// manager per binding, so that each binding comes and goes alone. Nobody's field is taken from
/// them, but those that are ours by their names.
public final class Workloads {
  /// How many documents arrive at the same time, of whatever size.
  private static final Semaphore ARRIVING = new Semaphore(4, true);

  /// How much of all documents is looked at, at the same time, in KiB: each takes many times its
  /// length, and is held until what is made of it is written.
  private static final int MOST = 512;

  private static final Semaphore MEMORY = new Semaphore(MOST, true);

  private final KubernetesClient client;
  private final KubernetesClient metadata;

  /// @param metadata answers with metadata only, whatever is written
  public Workloads(KubernetesClient client, MetadataOnly metadata) {
    this.client = client;
    this.metadata = metadata.client();
  }

  /// Looks at a workload, which may be kept no longer than that.
  ///
  /// @return what was made of it; empty when it does not exist, or nothing was made
  public <T> Optional<T> with(String namespace, WorkloadKey key, Function<Workload, T> look) {
    return document(
        Paths.of(version(key.kind()), namespace, plural(key.kind()), key.name()),
        json -> look.apply(WorkloadReader.one(key.kind(), json)));
  }

  /// Hands over what a selector matches, one by one: templates are as large as people make them.
  public void matching(
      String namespace, Kind kind, LabelSelector selector, Consumer<Workload> each) {
    var page = "";
    do page = page(namespace, kind, selector, page, each);
    while (!page.isEmpty());
  }

  /// @return where the next page begins; empty after the last one
  private String page(
      String namespace, Kind kind, LabelSelector selector, String from, Consumer<Workload> each) {
    var query =
        "?limit=1&labelSelector=%s&continue=%s"
            .formatted(Paths.encoded(Selectors.write(selector)), Paths.encoded(from));
    return document(
            Paths.of(version(kind), namespace, plural(kind)) + query,
            json -> {
              var page = WorkloadReader.page(kind, json);
              page.workloads().forEach(each);
              return page.next();
            })
        .orElseThrow(() -> new IllegalStateException("no list of " + kind));
  }

  private <T> Optional<T> document(String path, Function<String, T> look) {
    var json = arrived(path);
    if (json == null) return Optional.empty();
    try {
      return Optional.ofNullable(look.apply(json));
    } finally {
      MEMORY.release(size(json));
    }
  }

  /// A document and the memory for it; nothing when it does not exist.
  private @Nullable String arrived(String path) {
    ARRIVING.acquireUninterruptibly();
    try {
      var json = client.raw(path);
      if (json != null) MEMORY.acquireUninterruptibly(size(json));
      return json;
    } finally {
      ARRIVING.release();
    }
  }

  private static int size(String json) {
    return Math.min(MOST, 1 + json.length() / 1024);
  }

  private static String version(Kind kind) {
    return "apis/" + Workload.apiVersion(kind);
  }

  private static String plural(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT) + "s";
  }

  /// Writes a projection at an epoch.
  public void project(String namespace, Workload workload, Projection projection, long epoch) {
    project(namespace, workload, projection, epoch, Mode.Real);
  }

  /// The same as a dry run.
  public void rehearse(String namespace, Workload workload, Projection projection, long epoch) {
    project(namespace, workload, projection, epoch, Mode.DryRun);
  }

  private enum Mode {
    Real,
    DryRun
  }

  private void project(
      String namespace, Workload workload, Projection projection, long epoch, Mode mode) {
    var manager = Labels.binding(projection.shape().bindingName());
    var template = projection.patch(workload.template(), epoch);
    var patch = patch(namespace, workload, Optional.of(template));
    try {
      apply(workload, manager, patch, false, mode);
    } catch (KubernetesClientException e) {
      if (!Refusals.conflict(e) || !ours(e, projection, workload)) throw e;
      apply(workload, manager, patch, true, mode);
    }
  }

  private static boolean ours(
      KubernetesClientException e, Projection projection, Workload workload) {
    var fields = Refusals.updated(e);
    return !fields.isEmpty()
        && fields.stream().allMatch(field -> projection.ours(field, workload.template()));
  }

  /// Takes everything of a binding out again, and nothing else: an apply without a spec.
  public void withdraw(String namespace, Workload workload, String bindingName) {
    var manager = Labels.binding(bindingName);
    apply(workload, manager, patch(namespace, workload, Optional.empty()), false, Mode.Real);
  }

  private static GenericKubernetesResource patch(
      String namespace, Workload workload, Optional<PodTemplateSpec> template) {
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
    return patch;
  }

  private void apply(
      Workload workload,
      String manager,
      GenericKubernetesResource patch,
      boolean force,
      Mode mode) {
    var context =
        new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(manager)
            .withForce(force);
    if (mode == Mode.DryRun) context.withDryRun(List.of("All"));
    metadata
        .genericKubernetesResources(
            Workload.apiVersion(workload.key().kind()), workload.key().kind().name())
        .inNamespace(patch.getMetadata().getNamespace())
        .resource(patch)
        .patch(context.build());
  }

  private static Object nested(Kind kind, PodTemplateSpec template) {
    Object value = template;
    var path = Workload.path(kind);
    for (int i = path.size() - 1; i > 0; i--) value = Map.of(path.get(i), value);
    return value;
  }
}
