package dev.backingservice.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.model.WorkloadSelector.Kind;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What one field manager owns in a pod template (Kubernetes documentation, "Server-Side Apply",
/// field management): the API server removes a field only where nobody owns it any more, and a
/// field that is there without an owner of ours stays when we go.
///
/// @param paths of annotations, volumes, variables and mounts
record OwnedFields(Set<String> paths) {
  private static final ObjectMapper JSON = Documents.mapper();
  private static final String KEY = "k:{\"name\":\"";
  private static final String MOUNT = "k:{\"mountPath\":\"";

  OwnedFields {
    paths = Set.copyOf(paths);
  }

  /// What an apply of `patch` owns afterwards.
  static OwnedFields of(PodTemplateSpec patch) {
    var paths = new TreeSet<String>();
    patch.getMetadata().getAnnotations().keySet().forEach(name -> paths.add("annotation " + name));
    if (patch.getSpec() == null) return new OwnedFields(paths);
    patch.getSpec().getVolumes().forEach(volume -> paths.add("volume " + volume.getName()));
    var all =
        Stream.concat(
            patch.getSpec().getContainers().stream(), patch.getSpec().getInitContainers().stream());
    all.forEach(container -> add(container, paths));
    return new OwnedFields(paths);
  }

  private static void add(Container container, Set<String> paths) {
    var name = container.getName();
    for (var variable : container.getEnv()) paths.add(variable(name, variable.getName()));
    for (var mount : container.getVolumeMounts()) paths.add(mount(name, mount.getMountPath()));
  }

  private static String variable(String container, String name) {
    return "container %s variable %s".formatted(container, name);
  }

  private static String mount(String container, String path) {
    return "container %s mount %s".formatted(container, path);
  }

  /// What `manager` owns by its applies.
  static OwnedFields read(List<ManagedFieldsEntry> entries, String manager, Kind kind) {
    var paths = new TreeSet<String>();
    for (var entry : entries)
      if (manager.equals(entry.getManager()) && "Apply".equals(entry.getOperation()))
        template(entry, kind).ifPresent(template -> read(template, paths));
    return new OwnedFields(paths);
  }

  /// When `manager` last changed something by an apply; empty where it owns nothing.
  static Optional<Instant> changed(List<ManagedFieldsEntry> entries, String manager) {
    return entries.stream()
        .filter(e -> manager.equals(e.getManager()) && "Apply".equals(e.getOperation()))
        .filter(e -> e.getTime() != null)
        .map(e -> Instant.parse(e.getTime()))
        .max(Comparator.naturalOrder());
  }

  private static Optional<Map<?, ?>> template(ManagedFieldsEntry entry, Kind kind) {
    if (entry.getFieldsV1() == null) return Optional.empty();
    Optional<Map<?, ?>> at = Optional.of(entry.getFieldsV1().getAdditionalProperties());
    for (var step : Workload.path(kind)) at = at.flatMap(map -> child(map, "f:" + step));
    return at;
  }

  private static Optional<Map<?, ?>> child(Map<?, ?> map, String name) {
    return map.get(name) instanceof Map<?, ?> found ? Optional.of(found) : Optional.empty();
  }

  private static void read(Map<?, ?> template, Set<String> paths) {
    for (var annotation : names(template, "f:metadata", "f:annotations"))
      if (annotation.startsWith("f:")) paths.add("annotation " + annotation.substring(2));
    for (var volume : names(template, "f:spec", "f:volumes"))
      if (volume.startsWith(KEY)) paths.add("volume " + value(volume, KEY));
    for (var list : List.of("f:containers", "f:initContainers"))
      child(template, "f:spec")
          .flatMap(spec -> child(spec, list))
          .ifPresent(containers -> containers(containers, paths));
  }

  private static void containers(Map<?, ?> containers, Set<String> paths) {
    for (var key : containers.keySet())
      if (key instanceof String text && text.startsWith(KEY))
        child(containers, text).ifPresent(c -> container(value(text, KEY), c, paths));
  }

  private static void container(String name, Map<?, ?> container, Set<String> paths) {
    for (var variable : names(container, "f:env"))
      if (variable.startsWith(KEY)) paths.add(variable(name, value(variable, KEY)));
    for (var mount : names(container, "f:volumeMounts"))
      if (mount.startsWith(MOUNT)) paths.add(mount(name, value(mount, MOUNT)));
  }

  /// The keys of a nested map.
  private static List<String> names(Map<?, ?> map, String... steps) {
    Optional<Map<?, ?>> at = Optional.of(map);
    for (var step : steps) at = at.flatMap(m -> child(m, step));
    return at.stream()
        .flatMap(m -> m.keySet().stream())
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .toList();
  }

  /// Keys of lists are JSON objects of one field, with the escapes of JSON.
  private static String value(String key, String prefix) {
    try {
      return JSON.readTree(key.substring(2)).elements().next().asText();
    } catch (JsonProcessingException e) {
      return key.substring(prefix.length());
    }
  }
}
