package dev.backingservice.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector.Kind;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An API server with large workloads, whose admission answers when it is told to.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkloadsTest {
  private static final int WRITERS = 8;
  private static final WorkloadKey ORDERS = new WorkloadKey(Kind.Deployment, "orders");
  private final CountDownLatch written = new CountDownLatch(WRITERS);
  private final AtomicInteger reads = new AtomicInteger();
  private final CountDownLatch admitted = new CountDownLatch(1);
  private final Vertx vertx = Vertx.vertx();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;
  private KubernetesClient client;
  private Workloads workloads;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    var config =
        new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
            .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
            .withRequestRetryBackoffLimit(0)
            .build();
    client = new KubernetesClientBuilder().withConfig(config).build();
    workloads = new Workloads(client, MetadataOnly.like(client, new VertxHttpClientFactory(vertx)));
  }

  @AfterEach
  void stop() {
    admitted.countDown();
    client.close();
    server.stop(0);
    threads.shutdown();
    vertx.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      if (exchange.getRequestMethod().equals("GET")) reads.incrementAndGet();
      if (exchange.getRequestMethod().equals("PATCH")) {
        written.countDown();
        admitted.await();
      }
      var answer = workload().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// As long as one that is read whole may be.
  private static String workload() {
    return """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"orders","namespace":"shop","uid":"7"},
        "spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"A","value":"%s"}]}]}}}}"""
        .formatted("x".repeat(WorkloadReader.LONGEST - 300));
  }

  @Test
  void whileAdmissionIsSlowOtherWorkloadsAreRead() throws Exception {
    // Given
    for (int i = 0; i < WRITERS; i++) threads.execute(this::withdraw);
    assertThat(written.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(reads).as("each was read once").hasValue(WRITERS);

    // When
    var read = workloads.with("market", ORDERS, Workload::uid);

    // Then
    assertThat(read).hasValue("7");
    assertThat(admitted.getCount()).isOne();
  }

  private void withdraw() {
    var patch =
        workloads.with("shop", ORDERS, w -> WorkloadPatch.withdrawal("shop", w, "orders-db"));
    workloads.apply(patch.orElseThrow());
  }

  @Test
  void aLookThatWritesOrReadsIsAMistake() {
    assertThatThrownBy(
            () ->
                workloads.with(
                    "shop",
                    ORDERS,
                    w -> {
                      workloads.apply(WorkloadPatch.withdrawal("shop", w, "orders-db"));
                      return w.uid();
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () ->
                workloads.with("shop", ORDERS, _ -> workloads.with("shop", ORDERS, Workload::uid)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(written.getCount()).isEqualTo(WRITERS);
  }
}
