package dev.backingservice.tls;

import dev.backingservice.model.Sensitive;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;

/// A client certificate with its key. The key lives in the binding Secret and nowhere else.
public record Issued(
    X509Certificate leaf, X509Certificate issuer, PrivateKey key, Instant notAfter) {
  /// The password of the key store is 256 random bits: to stretch it costs much and gives nothing.
  /// Readers in FIPS mode take no fewer rounds for a key (NIST SP 800-132, 5.2).
  private static final String KEY_ITERATIONS = "1000";

  /// What stretches the password for the seal (RFC 7292, appendix B) is no approved function in
  /// FIPS mode, whatever its rounds. One is the default, which DER leaves out and the platform
  /// writes.
  private static final String SEAL_ITERATIONS = "2";

  /// Certificates are public: to encrypt them would only stretch the password once more.
  private static final String PLAIN = "NONE";

  static {
    Security.setProperty("keystore.pkcs12.certProtectionAlgorithm", PLAIN);
    Security.setProperty("keystore.pkcs12.keyPbeIterationCount", KEY_ITERATIONS);
    Security.setProperty("keystore.pkcs12.macIterationCount", SEAL_ITERATIONS);
  }

  /// Leaf first, PEM.
  public String chainPem() {
    return Pem.write("CERTIFICATE", Pem.bytes(leaf)) + Pem.write("CERTIFICATE", Pem.bytes(issuer));
  }

  /// PKCS#8, PEM.
  public Sensitive keyPem() {
    return new Sensitive(Pem.write("PRIVATE KEY", key.getEncoded()));
  }

  /// PKCS#8, DER: what the JDBC driver reads without a password.
  public byte[] keyDer() {
    return key.getEncoded();
  }

  /// The same as a PKCS#12 key store, which is what Java clients read.
  public byte[] keyStore(Sensitive password) {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      var chars = password.reveal().toCharArray();
      store.setKeyEntry("user", key, chars, new Certificate[] {leaf, issuer});
      var bytes = new ByteArrayOutputStream();
      store.store(bytes, chars);
      return bytes.toByteArray();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("a key store in memory can always be written", e);
    }
  }
}
