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
/// @param content what is written; empty where everything is taken out
/// @param json the document, with no more than [Projection#LONGEST] characters and a frame
public record WorkloadPatch(
    String namespace,
    WorkloadKey key,
    String uid,
    String manager,
    Optional<Content> content,
    String json) {
  private static final ObjectMapper JSON = Documents.mapper();

  /// A projection at an epoch.
  record Content(Projection projection, long epoch) {}

  /// Writes a projection at an epoch.
  ///
  /// @param workload one that is not [Workload#tooLarge]
  public static WorkloadPatch of(
      String namespace, Workload workload, Projection projection, long epoch) {
    return patch(namespace, workload, new Content(projection, epoch), "");
  }

  /// The same for the workload as it is now, and for no other version of it; empty where a field is
  /// not one of ours by its name.
  ///
  /// @param fields that somebody else owns, as in `status.details.causes[].field`
  Optional<WorkloadPatch> over(Workload now, List<String> fields) {
    return content
        .filter(c -> now.uid().equals(uid) && now.ours(c.projection, fields))
        .map(c -> patch(namespace, now, c, now.version()));
  }

  private static WorkloadPatch patch(
      String namespace, Workload workload, Content content, String version) {
    var projection = content.projection;
    var document = document(namespace, workload);
    if (!version.isEmpty()) document.getMetadata().setResourceVersion(version);
    var template = projection.patch(workload.template(), content.epoch);
    document.setAdditionalProperty("spec", nested(workload.key().kind(), template));
    return patch(
        namespace, workload, projection.shape().bindingName(), Optional.of(content), document);
  }

  /// Takes everything of a binding out again, and nothing else: an apply without a spec.
  public static WorkloadPatch withdrawal(String namespace, Workload workload, String bindingName) {
    var document = document(namespace, workload);
    return patch(namespace, workload, bindingName, Optional.empty(), document);
  }

  private static WorkloadPatch patch(
      String namespace,
      Workload workload,
      String bindingName,
      Optional<Content> content,
      GenericKubernetesResource document) {
    return new WorkloadPatch(
        namespace,
        workload.key(),
        workload.uid(),
        Labels.binding(bindingName),
        content,
        json(document));
  }

  /// Which workload it is written into.
  GenericKubernetesResource named() {
    return document(namespace, key, uid);
  }

  private static GenericKubernetesResource document(String namespace, Workload workload) {
    return document(namespace, workload.key(), workload.uid());
  }

  private static GenericKubernetesResource document(String namespace, WorkloadKey key, String uid) {
    var document = new GenericKubernetesResource();
    document.setApiVersion(Workload.apiVersion(key.kind()));
    document.setKind(key.kind().name());
    // the uid keeps the apply from creating a workload that was deleted meanwhile
    document.setMetadata(
        new ObjectMetaBuilder().withName(key.name()).withNamespace(namespace).withUid(uid).build());
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
