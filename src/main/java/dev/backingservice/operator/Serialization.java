package dev.backingservice.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.api.UnknownValues;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapperCustomizer;
import jakarta.inject.Singleton;

/// How the client reads resources.
@Singleton
public class Serialization implements KubernetesClientObjectMapperCustomizer {
  @Override
  public void customize(ObjectMapper mapper) {
    mapper.addHandler(new UnknownValues());
  }
}
