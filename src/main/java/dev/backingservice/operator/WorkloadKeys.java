package dev.backingservice.operator;

import dev.backingservice.api.BackingService;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;

/// Which workloads a service chooses, as keys of an index: by kind and name, or by kind alone
/// where labels decide.
final class WorkloadKeys {
  private static final String ANY = "*";

  private WorkloadKeys() {}

  static Set<String> of(BackingService service) {
    var keys = new LinkedHashSet<String>();
    var namespace = service.getMetadata().getNamespace();
    var spec = service.getSpec();
    if (spec != null && spec.workloads() != null)
      for (var w : spec.workloads())
        if (w.kind() != null) // one that this version does not know
        keys.add(key(namespace, w.kind().name(), w.name() == null ? ANY : w.name()));
    var status = service.getStatus();
    if (status != null && status.workloads() != null)
      for (var w : status.workloads()) keys.add(key(namespace, w.kind(), w.name()));
    return keys;
  }

  /// The keys under which services are found that may choose this workload.
  static Stream<String> keys(String kind, ObjectMeta workload) {
    return Stream.of(
        key(workload.getNamespace(), kind, workload.getName()),
        key(workload.getNamespace(), kind, ANY));
  }

  private static String key(String namespace, String kind, String name) {
    return namespace + "/" + kind + "/" + name;
  }
}
