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
  /// Of these kinds nobody asks who owns which field.
  private static final List<Class<?>> PRUNED = List.of(Secret.class, Lease.class, Event.class);

  /// Of these nobody asks for labels either. The managed fields of a service are three quarters of
  /// what it takes in memory, there may be thousands, and each may have a hundred thousand labels.
  private static final List<Class<?>> UNLABELLED =
      List.of(BackingServer.class, BackingService.class);

  @Override
  public void customize(ObjectMapper mapper) {
    mapper.addHandler(new UnknownValues());
    PRUNED.forEach(kind -> mapper.addMixIn(kind, Pruned.class));
    UNLABELLED.forEach(kind -> mapper.addMixIn(kind, Unlabelled.class));
  }

  /// What is skipped when a resource is read.
  private interface Pruned {
    @JsonIgnoreProperties("managedFields")
    ObjectMeta getMetadata();
  }

  private interface Unlabelled {
    @JsonIgnoreProperties({"managedFields", "labels"})
    ObjectMeta getMetadata();
  }
}
