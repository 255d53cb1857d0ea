package dev.backingservice.sandbox;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The platform team's own authority for its database servers.
public final class Pki {
  private final KeyPair keys = keyPair();
  private final X500Name name = new X500Name("CN=Platform Database CA");
  private final X509CertificateHolder authority = authority();

  /// The anchor, PEM.
  public String anchor() {
    return pem("CERTIFICATE", bytes(authority));
  }

  /// Writes `server.crt` and `server.key` for these addresses, the key readable by its owner only.
  public void issue(Path folder, String... addresses) {
    try {
      var server = keyPair();
      var builder = builder(new X500Name("CN=" + addresses[0]), server);
      builder.addExtension(Extension.subjectAlternativeName, false, names(addresses));
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
      Files.writeString(
          folder.resolve("server.crt"), pem("CERTIFICATE", builder.build(signer).getEncoded()));
      var key = folder.resolve("server.key");
      Files.writeString(key, pem("PRIVATE KEY", server.getPrivate().getEncoded()));
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    } catch (Exception e) {
      throw new IllegalStateException("cannot issue a server certificate", e);
    }
  }

  /// Sockets of a client that trusts the authority and compares the name.
  public SSLSocketFactory clients() throws GeneralSecurityException, IOException {
    return trusting(anchor());
  }

  /// Sockets of a client that trusts what an anchor of PEM has signed.
  public static SSLSocketFactory trusting(String anchor)
      throws GeneralSecurityException, IOException {
    return context(anchor).getSocketFactory();
  }

  /// The same for clients that make their sockets themselves.
  public static SSLContext context(String anchor) throws GeneralSecurityException, IOException {
    var certificate =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(anchor.getBytes(StandardCharsets.US_ASCII)));
    var anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("anchor", certificate);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(anchors);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /// How a certificate is to look.
  ///
  /// @param starts and `ends` from now on
  /// @param depth how many authorities lie between it and the anchor
  /// @param ballast bytes of an extension that means nothing
  public record Shape(Duration starts, Duration ends, int depth, int ballast) {
    /// Good, of the authority itself.
    public static final Shape PLAIN = new Shape(Duration.ofHours(-1), Duration.ofDays(30), 0, 0);
  }

  /// A server's key and chain in memory; the password is empty.
  public KeyStore store(Shape shape, String... addresses) {
    try {
      var chain = new ArrayList<Certificate>();
      var issuer = keys;
      var by = name;
      for (int i = 0; i < shape.depth; i++) {
        var pair = keyPair();
        var subject = new X500Name("CN=between " + i);
        var builder = builder(by, subject, pair, shape);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        chain.addFirst(signed(builder, issuer));
        issuer = pair;
        by = subject;
      }
      var server = keyPair();
      var builder = builder(by, new X500Name("CN=" + addresses[0]), server, shape);
      builder.addExtension(Extension.subjectAlternativeName, false, names(addresses));
      if (shape.ballast > 0)
        builder.addExtension(
            new ASN1ObjectIdentifier("1.3.6.1.4.1.55555.1"), false, new byte[shape.ballast]);
      chain.addFirst(signed(builder, issuer));
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "server", server.getPrivate(), new char[0], chain.toArray(Certificate[]::new));
      return store;
    } catch (Exception e) {
      throw new IllegalStateException("cannot issue a server certificate", e);
    }
  }

  private static Certificate signed(JcaX509v3CertificateBuilder builder, KeyPair issuer)
      throws Exception {
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.getPrivate());
    return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
  }

  private static GeneralNames names(String... addresses) {
    return new GeneralNames(
        Stream.of(addresses)
            .map(
                a ->
                    new GeneralName(
                        a.matches("[0-9.:]+") ? GeneralName.iPAddress : GeneralName.dNSName, a))
            .toArray(GeneralName[]::new));
  }

  private X509CertificateHolder authority() {
    try {
      var builder = builder(name, keys);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
    } catch (Exception e) {
      throw new IllegalStateException("cannot make an authority", e);
    }
  }

  private JcaX509v3CertificateBuilder builder(X500Name subject, KeyPair pair) {
    return builder(name, subject, pair, Shape.PLAIN);
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, KeyPair pair, Shape shape) {
    var now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        issuer,
        BigInteger.valueOf(System.nanoTime()),
        Date.from(now.plus(shape.starts)),
        Date.from(now.plus(shape.ends)),
        subject,
        pair.getPublic());
  }

  private static KeyPair keyPair() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException("cannot make a key pair", e);
    }
  }

  private static byte[] bytes(X509CertificateHolder certificate) {
    try {
      return certificate.getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String label, byte[] der) {
    var body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, body, label);
  }
}
