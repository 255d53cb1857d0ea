package dev.backingservice.engine.wire;

import dev.backingservice.model.Credential;
import dev.backingservice.model.Trust;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// TLS with exactly the anchors of one [Attempt]. A driver makes the factory by reflection from the
/// attempt's token.
public final class PinnedSslFactory extends SSLSocketFactory {
  private static final int REMEMBERED = 64;

  /// Anchors that were read lately: the system's own are many.
  private static final Map<String, TrustManager[]> TRUST =
      Collections.synchronizedMap(
          new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, TrustManager[]> eldest) {
              return size() > REMEMBERED;
            }
          });

  private static final char[] NO_PASSWORD = new char[0];
  private final Attempt attempt;
  private final SSLSocketFactory factory;

  /// @param token of the attempt
  public PinnedSslFactory(String token) throws GeneralSecurityException, IOException {
    this.attempt = Attempt.find(token);
    var context = SSLContext.getInstance("TLS");
    context.init(keys(attempt.shown()), trusted(Anchors.text(attempt.trust())), null);
    this.factory = context.getSocketFactory();
  }

  private static TrustManager[] trusted(String anchors)
      throws GeneralSecurityException, IOException {
    var known = TRUST.get(anchors);
    if (known != null) return known;
    var read = Anchors.managers(anchors);
    TRUST.put(anchors, read);
    return read;
  }

  private static KeyManager @Nullable [] keys(Optional<Credential.ClientCertificate> shown)
      throws GeneralSecurityException, IOException {
    if (shown.isEmpty()) return null;
    var store = emptyStore();
    var certificates = certificates(shown.get().chain()).toArray(Certificate[]::new);
    var key = privateKey(shown.get().key().reveal(), certificates[0]);
    store.setKeyEntry("client", key, NO_PASSWORD, certificates);
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, NO_PASSWORD);
    return keys.getKeyManagers();
  }

  private static PrivateKey privateKey(String pem, Certificate certificate)
      throws GeneralSecurityException {
    var body = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    return KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
  }

  static Collection<? extends Certificate> certificates(String pem)
      throws GeneralSecurityException {
    var bytes = pem.getBytes(StandardCharsets.US_ASCII);
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(bytes));
  }

  static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return factory.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return factory.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean close)
      throws IOException {
    var to = attempt.to();
    var secured = (SSLSocket) factory.createSocket(socket, to.host(), to.port(), close);
    if (attempt.trust().mode() == Trust.Mode.VerifyFull) secured.setSSLParameters(named(secured));
    attempt.secured(secured);
    return new GuardedSocket(secured, attempt::guarded);
  }

  /// The certificate's name is compared with the host (RFC 2818), whatever address the driver was
  /// given.
  private static SSLParameters named(SSLSocket tls) {
    var parameters = tls.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    return parameters;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return factory.createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return factory.createSocket(host, port, local, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return factory.createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return factory.createSocket(host, port, local, localPort);
  }
}
