package dev.backingservice.engine.wire;

import dev.backingservice.model.Trust;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// The anchors that a server's certificate may lead to.
final class Anchors {
  private static final String SYSTEM = "system\n";

  private Anchors() {}

  /// All of them as one text, which [#managers] reads.
  static String text(Trust trust) {
    return (trust.systemStore() ? SYSTEM : "") + trust.anchors();
  }

  static TrustManager[] managers(String text) throws GeneralSecurityException, IOException {
    var store = PinnedSslFactory.emptyStore();
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
    if (!pem.isBlank()) anchors.addAll(PinnedSslFactory.certificates(pem));
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
  ///
  /// @param last certificate of the chain
  static Optional<X509Certificate> anchorOf(Trust trust, X509Certificate last)
      throws GeneralSecurityException {
    return trusted(text(trust)).stream()
        .map(X509Certificate.class::cast)
        .filter(a -> a.equals(last) || signed(a, last))
        .findFirst();
  }

  static String pem(X509Certificate certificate) {
    try {
      var encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
      var body = encoder.encodeToString(certificate.getEncoded());
      return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a parsed certificate can be written", e);
    }
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
}
