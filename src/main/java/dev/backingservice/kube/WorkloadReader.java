package dev.backingservice.kube;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.filter.FilteringParserDelegate;
import com.fasterxml.jackson.core.filter.TokenFilter;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.model.Labels;
import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector.Kind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads workloads from documents of the API server. Whoever edits a workload decides how large
/// its document is, and a document may take seventy times its length in memory: of a longer one
/// than [#LONGEST] only its name and the epochs in its template are read.
final class WorkloadReader {
  /// Characters. The store takes 1.5 MiB of an object, and encodes it more densely.
  static final int LONGEST = 1 << 18;

  private static final ObjectMapper JSON = Documents.mapper();

  private WorkloadReader() {}

  /// The first workloads of a list.
  ///
  /// @param next where the list goes on; empty at its end
  record Page(List<Workload> workloads, String next) {}

  static Workload one(Kind kind, String json) {
    return workload(
        kind, read(json, GenericKubernetesResource.class, names(kind)), json.length() <= LONGEST);
  }

  static Page page(Kind kind, String json) {
    var filter = new Only(Map.of("metadata", TokenFilter.INCLUDE_ALL, "items", names(kind)));
    var list = read(json, GenericKubernetesResourceList.class, filter);
    boolean whole = json.length() <= LONGEST;
    return new Page(
        list.getItems().stream().map(object -> workload(kind, object, whole)).toList(),
        Objects.requireNonNullElse(list.getMetadata().getContinue(), ""));
  }

  /// @param rest what is read of a document that is too long
  private static <T> T read(String json, Class<T> type, TokenFilter rest) {
    try (var parser = JSON.createParser(json)) {
      return JSON.readValue(json.length() <= LONGEST ? parser : only(parser, rest), type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonParser only(JsonParser parser, TokenFilter filter) {
    return new FilteringParserDelegate(
        parser, filter, TokenFilter.Inclusion.INCLUDE_ALL_AND_PATH, true);
  }

  private static Workload workload(Kind kind, GenericKubernetesResource object, boolean whole) {
    @Nullable Object at = object.getAdditionalProperties();
    for (var step : Workload.path(kind)) at = at instanceof Map<?, ?> map ? map.get(step) : null;
    var template = JSON.convertValue(at, PodTemplateSpec.class);
    return new Workload(
        new WorkloadKey(kind, object.getMetadata().getName()),
        object.getMetadata().getUid(),
        Objects.requireNonNullElse(object.getMetadata().getResourceVersion(), ""),
        whole,
        template == null ? new PodTemplateSpec() : template,
        Objects.requireNonNullElse(object.getMetadata().getManagedFields(), List.of()),
        new RolloutStatus(kind, object));
  }

  /// Which workload it is, and the epochs that it carries.
  private static TokenFilter names(Kind kind) {
    var all = TokenFilter.INCLUDE_ALL;
    TokenFilter at = new Only(Map.of("metadata", new Only(Map.of("annotations", new Epochs()))));
    var path = Workload.path(kind);
    for (int i = path.size() - 1; i > 0; i--) at = new Only(Map.of(path.get(i), at));
    return new Only(
        Map.of("metadata", new Only(Map.of("name", all, "uid", all)), path.getFirst(), at));
  }

  /// Some properties of an object, or of each object of a list.
  private static final class Only extends TokenFilter {
    private final Map<String, TokenFilter> properties;

    Only(Map<String, TokenFilter> properties) {
      this.properties = properties;
    }

    @Override
    public @Nullable TokenFilter includeProperty(String name) {
      return properties.get(name);
    }
  }

  private static final class Epochs extends TokenFilter {
    private static final String PREFIX = Labels.binding("");

    @Override
    public @Nullable TokenFilter includeProperty(String name) {
      return name.startsWith(PREFIX) ? TokenFilter.INCLUDE_ALL : null;
    }
  }
}
