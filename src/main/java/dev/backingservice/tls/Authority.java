package dev.backingservice.tls;

import dev.backingservice.model.Credential;
import dev.backingservice.model.Sensitive;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Issues certificates (RFC 5280): for clients, whose common name is the login, or for servers.
public final class Authority {
  private static final Duration LIFE = Duration.ofDays(3650);
  private static final Duration SKEW = Duration.ofMinutes(5);
  private static final int COMMON_NAME = 64;

  private final X509Certificate certificate;
  private final PrivateKey key;
  private final SecureRandom random;

  private Authority(X509Certificate certificate, PrivateKey key, SecureRandom random) {
    this.certificate = certificate;
    this.key = key;
    this.random = random;
  }

  /// A new authority, good for ten years.
  ///
  /// @param purpose whom it is for, as people read it in its name
  public static Authority create(
      String purpose, String instance, Instant now, SecureRandom random) {
    try {
      var keys = keyPair(random);
      var name = new X500Name("CN=Backing Service Operator %s %s".formatted(purpose, instance));
      var builder = builder(name, name, keys, now, now.plus(LIFE), random);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      return new Authority(signed(builder, keys.getPrivate()), keys.getPrivate(), random);
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new IllegalStateException("an EC certificate can be made everywhere", e);
    }
  }

  /// An authority kept before.
  public static Authority of(String certificatePem, Sensitive keyPem, SecureRandom random) {
    return new Authority(Pem.certificate(certificatePem), Pem.privateKey(keyPem), random);
  }

  public String certificatePem() {
    return Pem.write("CERTIFICATE", Pem.bytes(certificate));
  }

  public Sensitive keyPem() {
    return new Sensitive(Pem.write("PRIVATE KEY", key.getEncoded()));
  }

  /// A certificate for one credential. The epoch in its subject tells it from the one that had the
  /// same login two swaps before: a server that compares the whole name refuses that one.
  ///
  /// @param life 1 h to 1 y
  public Issued issue(String login, long epoch, Instant now, Duration life) {
    return issue(
        subject(login, epoch), KeyPurposeId.id_kp_clientAuth, List.of(), now.plus(life), now);
  }

  /// A login that somebody else chose is a value and nothing else; one that is too long for a
  /// common name (RFC 5280, appendix A.1) is left out, as is none.
  private static X500Name subject(String login, long epoch) {
    var name = new X500NameBuilder();
    name.addRDN(BCStyle.OU, new DERUTF8String("epoch " + epoch));
    if (!login.isEmpty() && login.length() <= COMMON_NAME)
      name.addRDN(BCStyle.CN, new DERUTF8String(login));
    return name.build();
  }

  /// A certificate for a server.
  ///
  /// @param names DNS names and addresses it is good for, at least one
  public Issued issueServer(List<String> names, Instant now, Duration life) {
    var subject = new X500Name("CN=" + names.getFirst());
    return issue(subject, KeyPurposeId.id_kp_serverAuth, names, now.plus(life), now);
  }

  private Issued issue(
      X500Name subject, KeyPurposeId purpose, List<String> names, Instant end, Instant now) {
    try {
      var keys = keyPair(random);
      var issuer = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
      var builder = builder(issuer, subject, keys, now, end, random);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      if (!names.isEmpty())
        builder.addExtension(Extension.subjectAlternativeName, false, alternatives(names));
      return new Issued(signed(builder, key), certificate, keys.getPrivate(), end);
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new IllegalStateException("an EC certificate can be made everywhere", e);
    }
  }

  private static GeneralNames alternatives(List<String> names) {
    return new GeneralNames(
        names.stream()
            .map(n -> new GeneralName(address(n) ? GeneralName.iPAddress : GeneralName.dNSName, n))
            .toArray(GeneralName[]::new));
  }

  private static boolean address(String name) {
    return name.contains(":") || name.matches("[0-9.]+");
  }

  /// What the operator itself shows when it logs in as a workload would; good for an hour.
  public Credential.ClientCertificate shown(String login, long epoch, Instant now) {
    var issued = issue(login, epoch, now, Duration.ofHours(1));
    return new Credential.ClientCertificate(issued.chainPem(), issued.keyPem());
  }

  private static KeyPair keyPair(SecureRandom random) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer,
      X500Name subject,
      KeyPair keys,
      Instant from,
      Instant to,
      SecureRandom random) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(127, random).add(BigInteger.ONE),
        Date.from(from.minus(SKEW)),
        Date.from(to),
        subject,
        keys.getPublic());
  }

  private static X509Certificate signed(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws OperatorCreationException, GeneralSecurityException {
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key);
    return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
  }
}
