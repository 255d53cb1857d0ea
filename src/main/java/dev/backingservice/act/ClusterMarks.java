package dev.backingservice.act;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.MarkStore;
import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Reason;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Marks of servers in ConfigMaps of the operator's own namespace, one for each server. Each change
/// is guarded by the version that was read.
public final class ClusterMarks implements MarkStore {
  private static final String PREFIX = "backingservice-claims-";
  private static final int ATTEMPTS = 20;

  /// The API server takes 1 MiB (Kubernetes documentation, "ConfigMaps").
  private static final int MOST_CHARS = 900_000;

  private final Secrets objects;
  private final String namespace;

  /// @param namespace the operator's own
  public ClusterMarks(Secrets objects, String namespace) {
    this.objects = objects;
    this.namespace = namespace;
  }

  @Override
  public SortedMap<String, String> find(String server, Collection<String> names)
      throws EngineException {
    var found = all(server);
    found.keySet().retainAll(names);
    return found;
  }

  @Override
  public SortedMap<String, String> all(String server) throws EngineException {
    return asked(server, () -> read(page(server)));
  }

  @Override
  public void put(String server, String name, String mark) throws EngineException {
    change(server, all -> all.put(name, mark));
  }

  @Override
  public void remove(String server, String name) throws EngineException {
    change(server, all -> all.remove(name));
  }

  private void change(String server, Consumer<SortedMap<String, String>> edit)
      throws EngineException {
    for (int attempt = 1; ; attempt++) {
      try {
        once(server, edit);
        return;
      } catch (KubernetesClientException e) {
        if (!Refusals.conflict(e) || attempt == ATTEMPTS) throw unreachable(server);
      }
    }
  }

  private void once(String server, Consumer<SortedMap<String, String>> edit)
      throws EngineException {
    var page = page(server);
    var all = read(page);
    var before = new TreeMap<>(all);
    edit.accept(all);
    if (all.equals(before)) return;
    int size =
        all.entrySet().stream().mapToInt(e -> e.getKey().length() + e.getValue().length()).sum();
    if (size > MOST_CHARS && all.size() > before.size())
      throw EngineException.of(
          Reason.AdminTooWeak,
          "the operator has no more room for the accounts of %s: let its administrator keep them there, as the documentation of its engine says"
              .formatted(server));
    var written = write(server, all);
    if (page.isEmpty()) objects.create(written);
    else objects.replace(written, page.get().getMetadata().getResourceVersion());
  }

  private Optional<ConfigMap> page(String server) {
    return objects.findConfigMap(namespace, PREFIX + server);
  }

  /// A key has no slash.
  private static SortedMap<String, String> read(Optional<ConfigMap> page) {
    var all = new TreeMap<String, String>();
    page.map(ConfigMap::getData)
        .ifPresent(data -> data.forEach((name, mark) -> all.put(name.replace('.', '/'), mark)));
    return all;
  }

  private ConfigMap write(String server, Map<String, String> all) {
    var data = new TreeMap<String, String>();
    all.forEach((name, mark) -> data.put(name.replace('/', '.'), mark));
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(PREFIX + server)
        .withNamespace(namespace)
        .endMetadata()
        .withData(data)
        .build();
  }

  private static <T> T asked(String server, Supplier<T> question) throws EngineException {
    try {
      return Objects.requireNonNull(question.get());
    } catch (KubernetesClientException e) {
      throw unreachable(server);
    }
  }

  private static EngineException unreachable(String server) {
    return EngineException.of(
        Reason.InternalError,
        "what the operator knows of the accounts of %s cannot be read or written at the API server now"
            .formatted(server));
  }
}
