package dev.backingservice.operator;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import dev.backingservice.api.UnknownValues;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapperCustomizer;
import jakarta.inject.Singleton;
import java.util.List;

/// How the client reads resources.
@Singleton
public class Serialization implements KubernetesClientObjectMapperCustomizer {
  /// Of these kinds nobody asks who owns which field. The managed fields of a service are three
  /// quarters of what it takes in memory, and there may be thousands.
  private static final List<Class<?>> PRUNED =
      List.of(BackingServer.class, BackingService.class, Secret.class, Lease.class, Event.class);

  @Override
  public void customize(ObjectMapper mapper) {
    mapper.addHandler(new UnknownValues());
    PRUNED.forEach(kind -> mapper.addMixIn(kind, Pruned.class));
  }

  /// What is skipped when a resource is read.
  private interface Pruned {
    @JsonIgnoreProperties("managedFields")
    ObjectMeta getMetadata();
  }
}
