package dev.backingservice.sandbox;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
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
      var names = new GeneralName[addresses.length];
      for (int i = 0; i < addresses.length; i++)
        names[i] =
            new GeneralName(
                addresses[i].matches("[0-9.:]+") ? GeneralName.iPAddress : GeneralName.dNSName,
                addresses[i]);
      var builder = builder(new X500Name("CN=" + addresses[0]), server);
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
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
    var now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        name,
        BigInteger.valueOf(System.nanoTime()),
        Date.from(now.minus(Duration.ofHours(1))),
        Date.from(now.plus(Duration.ofDays(30))),
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
