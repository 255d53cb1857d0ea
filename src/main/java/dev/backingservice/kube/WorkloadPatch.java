package dev.backingservice.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.model.Labels;
import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector.Kind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A server-side apply of one binding to one workload. It is made while the workload is in memory,
/// and written afterwards: it holds nothing of the workload but what it writes, as text.
///
/// @param manager whose fields it sets and, where it leaves them out, takes away
/// @param projection what is written; empty where everything is taken out
/// @param json the document, with no more than [Projection#LONGEST] characters and a frame
public record WorkloadPatch(
    String namespace,
    WorkloadKey key,
    String uid,
    String manager,
    Optional<Projection> projection,
    String json) {
  private static final ObjectMapper JSON = Documents.mapper();

  /// Writes a projection at an epoch.
  ///
  /// @param workload one that is not [Workload#tooLarge]
  public static WorkloadPatch of(
      String namespace, Workload workload, Projection projection, long epoch) {
    return patch(
        namespace,
        workload,
        projection.shape().bindingName(),
        Optional.of(projection),
        Optional.of(projection.patch(workload.template(), epoch)));
  }

  /// Takes everything of a binding out again, and nothing else: an apply without a spec.
  public static WorkloadPatch withdrawal(String namespace, Workload workload, String bindingName) {
    return patch(namespace, workload, bindingName, Optional.empty(), Optional.empty());
  }

  private static WorkloadPatch patch(
      String namespace,
      Workload workload,
      String bindingName,
      Optional<Projection> projection,
      Optional<PodTemplateSpec> template) {
    return new WorkloadPatch(
        namespace,
        workload.key(),
        workload.uid(),
        Labels.binding(bindingName),
        projection,
        json(document(namespace, workload, template)));
  }

  private static GenericKubernetesResource document(
      String namespace, Workload workload, Optional<PodTemplateSpec> template) {
    var kind = workload.key().kind();
    var document = new GenericKubernetesResource();
    document.setApiVersion(Workload.apiVersion(kind));
    document.setKind(kind.name());
    // the uid keeps the apply from creating a workload that was deleted meanwhile
    document.setMetadata(
        new ObjectMetaBuilder()
            .withName(workload.key().name())
            .withNamespace(namespace)
            .withUid(workload.uid())
            .build());
    template.ifPresent(t -> document.setAdditionalProperty("spec", nested(kind, t)));
    return document;
  }

  private static Object nested(Kind kind, PodTemplateSpec template) {
    Object value = template;
    List<String> path = Workload.path(kind);
    for (int i = path.size() - 1; i > 0; i--) value = Map.of(path.get(i), value);
    return value;
  }

  private static String json(GenericKubernetesResource document) {
    try {
      return JSON.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document of an object is JSON", e);
    }
  }
}
