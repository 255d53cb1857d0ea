package dev.backingservice.kube;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.regex.Pattern;

/// Clients whose answers bring metadata only (`PartialObjectMetadata`), also the answers to what
/// it writes: a change anywhere in a workload is seen, and its template never fills the memory;
/// whether a Secret is there is seen, and not what it holds.
///
/// @param client writes objects whole
/// @param withLabels reads labels as well: those of a namespace decide what it may attach
public record MetadataOnly(KubernetesClient client, KubernetesClient withLabels) {
  private static final Pattern NAMED =
      Pattern.compile("/(api|apis/[^/]+)/[^/]+(/namespaces/[^/]+)?/[^/]+/[^/]+");

  /// What nobody looks at is dropped when it is read: a Deployment that was applied carries itself
  /// a second time in an annotation, and its fields with their owners; and whoever edits an object
  /// may give it a hundred thousand labels.
  @JsonIgnoreProperties(
      value = {"managedFields", "annotations", "labels", "ownerReferences", "finalizers"},
      allowGetters = true)
  private interface Pruned {}

  @JsonIgnoreProperties(
      value = {"managedFields", "annotations", "ownerReferences", "finalizers"},
      allowGetters = true)
  private interface Labelled {}

  /// @param like speaks to the same API server
  public static MetadataOnly like(KubernetesClient like, HttpClient.Factory transport) {
    return new MetadataOnly(
        client(like, transport, json()), client(like, transport, jsonWithLabels()));
  }

  private static KubernetesClient client(
      KubernetesClient like, HttpClient.Factory transport, ObjectMapper json) {
    return new KubernetesClientBuilder()
        .withConfig(like.getConfiguration())
        .withHttpClientFactory(transport)
        .withKubernetesSerialization(new KubernetesSerialization(json, true))
        .withHttpClientBuilderConsumer(
            http -> http.addOrReplaceInterceptor("metadata-only", new Accepting()))
        .build();
  }

  static ObjectMapper json() {
    return json(Pruned.class);
  }

  static ObjectMapper jsonWithLabels() {
    return json(Labelled.class);
  }

  private static ObjectMapper json(Class<?> pruned) {
    var json = Documents.mapper();
    json.addMixIn(ObjectMeta.class, pruned);
    // an empty list comes as "items": null, on which the reflector fails
    json.configOverride(List.class).setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY));
    return json;
  }

  /// Whether a path of the API ends with the name of an object, and not with a kind.
  static boolean named(String path) {
    return NAMED.matcher(path).matches();
  }

  private static final class Accepting implements Interceptor {
    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      var query = request.uri().getRawQuery();
      boolean watch = query != null && query.contains("watch=true");
      boolean writes = !"GET".equals(request.method());
      boolean one = watch || writes || named(request.uri().getPath());
      builder.setHeader(
          "Accept",
          "application/json;as=PartialObjectMetadata%s;g=meta.k8s.io;v=v1"
              .formatted(one ? "" : "List"));
    }
  }
}
