package dev.backingservice.kube;

import dev.backingservice.model.LabelSelector;
import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector.Kind;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Workloads as the API server has them, and what is written into them: by server-side apply under
/// one field manager per binding, so that each binding comes and goes alone. Nobody's field is
/// taken from them, but those that are ours by their names.
public final class Workloads {
  /// How many documents arrive at the same time, of whatever size.
  private static final Semaphore ARRIVING = new Semaphore(4, true);

  /// How much of all documents is looked at, at the same time, in KiB: each takes many times its
  /// length. Nothing waits for others while it looks.
  private static final int MOST = 512;

  private static final Semaphore MEMORY = new Semaphore(MOST, true);

  /// Bound while this thread looks at a document.
  private static final ScopedValue<String> LOOKING = ScopedValue.newInstance();

  private final KubernetesClient client;
  private final KubernetesClient metadata;

  /// @param metadata answers with metadata only, whatever is written
  public Workloads(KubernetesClient client, MetadataOnly metadata) {
    this.client = client;
    this.metadata = metadata.client();
  }

  /// Looks at a workload, which may be kept no longer than that. The look asks nobody, since all
  /// others may have to wait for it: it reads and writes no other workload.
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
      var made = ScopedValue.where(LOOKING, path).call(() -> look.apply(json));
      return Optional.ofNullable(made);
    } finally {
      MEMORY.release(size(json));
    }
  }

  /// A document and the memory for it; nothing when it does not exist.
  private @Nullable String arrived(String path) {
    afterwards();
    ARRIVING.acquireUninterruptibly();
    try {
      var json = client.raw(path);
      if (json != null) MEMORY.acquireUninterruptibly(size(json));
      return json;
    } finally {
      ARRIVING.release();
    }
  }

  /// @throws IllegalStateException where a look reads or writes workloads
  private static void afterwards() {
    if (LOOKING.isBound()) throw new IllegalStateException("while it looks at " + LOOKING.get());
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

  /// Writes what was made of a workload. Our fields that somebody updated are taken back.
  ///
  /// @throws KubernetesClientException with the status 409 where another manager applied one
  public void apply(WorkloadPatch patch) {
    apply(patch, Mode.Real);
  }

  /// The same as a dry run.
  public void rehearse(WorkloadPatch patch) {
    apply(patch, Mode.DryRun);
  }

  private enum Mode {
    Real,
    DryRun
  }

  private void apply(WorkloadPatch patch, Mode mode) {
    try {
      apply(patch, false, mode);
    } catch (KubernetesClientException e) {
      apply(forced(patch, e).orElseThrow(() -> e), true, mode);
    }
  }

  /// What takes our fields back, whatever was written since; empty where there are others among
  /// them.
  private Optional<WorkloadPatch> forced(WorkloadPatch patch, KubernetesClientException e) {
    var fields = Refusals.conflict(e) ? Refusals.updated(e) : List.<String>of();
    if (fields.isEmpty()) return Optional.empty();
    return with(patch.namespace(), patch.key(), w -> patch.over(w, fields)).flatMap(p -> p);
  }

  private void apply(WorkloadPatch patch, boolean force, Mode mode) {
    afterwards();
    var context =
        new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(patch.manager())
            .withForce(force);
    if (mode == Mode.DryRun) context.withDryRun(List.of("All"));
    var kind = patch.key().kind();
    metadata
        .genericKubernetesResources(Workload.apiVersion(kind), kind.name())
        .inNamespace(patch.namespace())
        .resource(patch.named()) // by a name alone the client would read it first
        .patch(context.build(), patch.json());
  }
}
