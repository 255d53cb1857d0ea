package dev.backingservice.kube;

import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Vertx;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;

/// The HTTP client of the API server. It prefers ChaCha20-Poly1305 (RFC 8439), and an API server
/// takes what its client prefers: AES-GCM, compiled by the first compiler of the JVM alone, takes
/// four to five times as long.
public final class ApiTransport extends VertxHttpClientFactory {
  private static final String PREFERRED = "CHACHA20";

  public ApiTransport(Vertx vertx) {
    super(vertx);
  }

  @Override
  protected void additionalConfig(WebClientOptions options) {
    options.setSslEngineOptions(new Engine(options.getSslEngineOptions()));
  }

  /// Vert.x itself forgets the order of cipher suites.
  private static final class Engine extends JdkSSLEngineOptions {
    private final SSLEngineOptions of;

    Engine(SSLEngineOptions of) {
      this.of = of;
    }

    @Override
    public SslContextFactory sslContextFactory() {
      var factory = of.sslContextFactory();
      return () -> new Ordered(factory.create());
    }

    @Override
    public JdkSSLEngineOptions copy() {
      return new Engine(of);
    }
  }

  private static final class Ordered extends DelegatingSslContext {
    Ordered(SslContext of) {
      super(of);
    }

    @Override
    protected void initEngine(SSLEngine engine) {
      var suites = Stream.of(engine.getSupportedCipherSuites()).filter(s -> s.contains(PREFERRED));
      var others = Stream.of(engine.getEnabledCipherSuites()).filter(s -> !s.contains(PREFERRED));
      engine.setEnabledCipherSuites(Stream.concat(suites, others).toArray(String[]::new));
    }
  }
}
