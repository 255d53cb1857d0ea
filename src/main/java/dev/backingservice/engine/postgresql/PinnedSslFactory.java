package dev.backingservice.engine.postgresql;

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
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// TLS with exactly the anchors of one server. The driver makes it by reflection from one string:
// see
/// [#argument].
public final class PinnedSslFactory extends SSLSocketFactory {
  private static final String SEPARATOR = "\n%%\n";
  private static final String SYSTEM = "system\n";
  private static final char[] NO_PASSWORD = new char[0];
  private final SSLSocketFactory factory;

  /// @param argument what [#argument] returned
  public PinnedSslFactory(String argument) throws GeneralSecurityException, IOException {
    var parts = argument.split(SEPARATOR, -1);
    var context = SSLContext.getInstance("TLS");
    context.init(keys(parts[1], parts[2]), anchors(parts[0]), null);
    factory = context.getSocketFactory();
  }

  /// Everything the factory needs, as the one string that the driver hands on.
  static String argument(Trust trust, Optional<Credential.ClientCertificate> certificate) {
    return String.join(
        SEPARATOR,
        (trust.systemStore() ? SYSTEM : "") + trust.anchors(),
        certificate.map(Credential.ClientCertificate::chain).orElse(""),
        certificate.map(c -> c.key().reveal()).orElse(""));
  }

  private static TrustManager[] anchors(String text) throws GeneralSecurityException, IOException {
    var store = emptyStore();
    int index = 0;
    for (var anchor : trusted(text)) store.setCertificateEntry("anchor-" + index++, anchor);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust.getTrustManagers();
  }

  /// Every anchor that counts: those named, and the Java runtime's own where they count too.
  private static List<Certificate> trusted(String text) throws GeneralSecurityException {
    var anchors = new ArrayList<Certificate>();
    var pem = text.startsWith(SYSTEM) ? text.substring(SYSTEM.length()) : text;
    if (!pem.isBlank()) anchors.addAll(certificates(pem));
    if (text.startsWith(SYSTEM)) anchors.addAll(system());
    return anchors;
  }

  private static List<Certificate> system() throws GeneralSecurityException {
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init((KeyStore) null);
    return Stream.of(trust.getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .flatMap(m -> Stream.<Certificate>of(((X509TrustManager) m).getAcceptedIssuers()))
        .toList();
  }

  /// The anchor that a verified chain leads to.
  static Optional<Certificate> anchorOf(Trust trust, Certificate[] chain)
      throws GeneralSecurityException {
    var last = (X509Certificate) chain[chain.length - 1];
    return trusted((trust.systemStore() ? SYSTEM : "") + trust.anchors()).stream()
        .filter(a -> a.equals(last) || signed((X509Certificate) a, last))
        .findFirst();
  }

  private static boolean signed(X509Certificate anchor, X509Certificate certificate) {
    if (!anchor.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()))
      return false;
    try {
      certificate.verify(anchor.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static KeyManager @Nullable [] keys(String chain, String key)
      throws GeneralSecurityException, IOException {
    if (chain.isBlank()) return null;
    var store = emptyStore();
    var certificates = certificates(chain).toArray(Certificate[]::new);
    store.setKeyEntry("client", privateKey(key, certificates[0]), NO_PASSWORD, certificates);
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

  private static Collection<? extends Certificate> certificates(String pem)
      throws GeneralSecurityException {
    var bytes = pem.getBytes(StandardCharsets.US_ASCII);
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(bytes));
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
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
    return factory.createSocket(socket, host, port, close);
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
