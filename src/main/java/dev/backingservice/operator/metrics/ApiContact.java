package dev.backingservice.operator.metrics;

import dev.backingservice.kube.ApiTransport;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody.Consumer;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// When the API server was heard last. Nothing else tells: informers wait without a word, and the
/// lease alone is renewed every two seconds.
@Singleton
class ApiContact {
  private static final Duration TOO_LONG = Duration.ofSeconds(30);

  private final LongAdder answers = new LongAdder();
  private final AtomicLong last = new AtomicLong(System.nanoTime());

  /// Time since any answer, even a refusal, came from the API server.
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - last.get());
  }

  /// Answers since the process started.
  long answers() {
    return answers.sum();
  }

  @Produces
  @Singleton
  KubernetesClient client(KubernetesSerialization serialization, Config config, Vertx vertx) {
    return new KubernetesClientBuilder()
        .withKubernetesSerialization(serialization)
        .withConfig(config)
        .withHttpClientFactory(new ApiTransport(vertx))
        .withHttpClientBuilderConsumer(
            http -> http.addOrReplaceInterceptor("contact", new Listening()))
        .build();
  }

  @Produces
  @Readiness
  HealthCheck readiness() {
    return () ->
        HealthCheckResponse.named("API server heard")
            .status(age().compareTo(TOO_LONG) < 0)
            .withData("seconds", age().toSeconds())
            .build();
  }

  private final class Listening implements Interceptor {
    @Override
    public void after(
        HttpRequest request, HttpResponse<?> response, Consumer<List<ByteBuffer>> consumer) {
      last.set(System.nanoTime());
      answers.increment();
    }
  }
}
