package dev.backingservice.kube;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;

/// A client whose lists and watches bring metadata only (`PartialObjectMetadata`): a change
/// anywhere in a workload is seen, and its template never fills a cache.
public final class MetadataOnly {
  private MetadataOnly() {}

  public static KubernetesClient like(KubernetesClient client) {
    var json = new ObjectMapper();
    // an empty list comes as "items": null, on which the reflector fails
    json.configOverride(List.class).setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY));
    return new KubernetesClientBuilder()
        .withConfig(client.getConfiguration())
        .withKubernetesSerialization(new KubernetesSerialization(json, true))
        .withHttpClientBuilderConsumer(
            http -> http.addOrReplaceInterceptor("metadata-only", new Accepting()))
        .build();
  }

  private static final class Accepting implements Interceptor {
    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      var query = request.uri().getRawQuery();
      boolean watch = query != null && query.contains("watch=true");
      builder.setHeader(
          "Accept",
          "application/json;as=PartialObjectMetadata%s;g=meta.k8s.io;v=v1"
              .formatted(watch ? "" : "List"));
    }
  }
}
