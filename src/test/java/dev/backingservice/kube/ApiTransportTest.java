package dev.backingservice.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.backingservice.sandbox.Pki;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

class ApiTransportTest {
  @Test
  void aServerThatLeavesTheChoiceGetsTheQuickestCipher() throws Exception {
    // Given
    var chosen = new CompletableFuture<String>();
    var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new ClientsChoice(tls()));
    server.createContext(
        "/",
        exchange -> {
          chosen.complete(((HttpsExchange) exchange).getSSLSession().getCipherSuite());
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    server.start();
    var vertx = Vertx.vertx();
    var config =
        new ConfigBuilder()
            .withMasterUrl("https://127.0.0.1:" + server.getAddress().getPort())
            .withTrustCerts(true)
            .build();

    // When
    try (var client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientFactory(new ApiTransport(vertx))
            .build()) {
      client.raw("/version");
    } finally {
      server.stop(0);
      vertx.close();
    }

    // Then
    assertThat(chosen).isCompletedWithValue("TLS_CHACHA20_POLY1305_SHA256");
  }

  private static SSLContext tls() throws Exception {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(new Pki().store(Pki.Shape.PLAIN, "127.0.0.1"), new char[0]);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static final class ClientsChoice extends HttpsConfigurator {
    ClientsChoice(SSLContext tls) {
      super(tls);
    }

    @Override
    public void configure(HttpsParameters parameters) {
      var its = getSSLContext().getDefaultSSLParameters();
      its.setUseCipherSuitesOrder(false);
      parameters.setSSLParameters(its);
    }
  }
}
