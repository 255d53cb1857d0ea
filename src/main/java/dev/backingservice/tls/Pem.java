package dev.backingservice.tls;

import dev.backingservice.model.Sensitive;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;

/// PEM (RFC 7468), bounded before it is decoded.
public final class Pem {
  /// The most a user's PEM text may hold.
  public static final int MAX_BYTES = 256 * 1024;

  /// The most certificates a user's PEM text may hold: the bundles of clouds hold more than a
  /// hundred.
  public static final int MAX_CERTIFICATES = 256;

  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";

  private Pem() {}

  /// What is wrong with a bundle of anchors; empty when nothing is.
  public static Optional<String> problem(String bundle) {
    if (bundle.length() > MAX_BYTES) return Optional.of("it is larger than 256 KiB");
    int count = bundle.split(BEGIN, -1).length - 1;
    if (count == 0) return Optional.of("it holds no PEM certificate");
    if (count > MAX_CERTIFICATES) return Optional.of("it holds more than 256 certificates");
    try {
      parse(bundle);
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      return Optional.of("it does not parse as PEM certificates");
    }
  }

  static X509Certificate certificate(String pem) {
    try {
      return (X509Certificate) parse(pem).iterator().next();
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not a PEM certificate", e);
    }
  }

  static PrivateKey privateKey(Sensitive pem) {
    var body = pem.reveal().replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    try {
      var spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body));
      return KeyFactory.getInstance("EC").generatePrivate(spec);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not a PKCS#8 EC key", e);
    }
  }

  static String write(String label, byte[] der) {
    var body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, body, label);
  }

  static byte[] bytes(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a parsed certificate can be written", e);
    }
  }

  private static Iterable<? extends Certificate> parse(String pem) throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }
}
