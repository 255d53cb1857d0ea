package dev.backingservice.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.List;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Compared with the platform's own provider.
class EllipticCurvesTest {
  private static final byte[] TEXT = {1, 2, 3};

  @BeforeAll
  static void install() {
    EllipticCurves.install();
    EllipticCurves.install(); // once
  }

  private static Provider ours() {
    return Security.getProvider("EllipticCurves");
  }

  private static Provider platform() {
    return Security.getProvider("SunEC");
  }

  @Test
  void whoeverNamesNoProviderGetsIt() throws Exception {
    assertThat(KeyPairGenerator.getInstance("EC").getProvider()).isEqualTo(ours());
    assertThat(KeyAgreement.getInstance("ECDH").getProvider()).isEqualTo(ours());
    assertThat(Signature.getInstance("SHA256withECDSA").getProvider()).isEqualTo(ours());
    assertThat(Signature.getInstance("SHA256withRSA").getProvider()).isNotEqualTo(ours());
  }

  @ParameterizedTest
  @CsvSource({
    "secp256r1, SHA256withECDSA",
    "secp384r1, SHA384withECDSA",
    "secp521r1, SHA512withECDSA"
  })
  void bothUnderstandEachOther(String curve, String signature) throws Exception {
    var one = pair(curve, ours());
    var other = pair(curve, platform());
    assertThat(agreed(ours(), one.getPrivate(), other.getPublic()))
        .isEqualTo(agreed(platform(), other.getPrivate(), one.getPublic()))
        .isEqualTo(agreed(ours(), other.getPrivate(), one.getPublic()));
    for (var keys : new KeyPair[] {one, other}) {
      assertThat(verified(platform(), signature, keys, signed(ours(), signature, keys))).isTrue();
      assertThat(verified(ours(), signature, keys, signed(platform(), signature, keys))).isTrue();
      var another = pair(curve, platform());
      assertThat(verified(ours(), signature, another, signed(ours(), signature, keys))).isFalse();
    }
  }

  /// A server may send any point.
  @Test
  void aPointBesidesTheCurveIsRefused() throws Exception {
    var keys = pair("secp256r1", ours());
    var curve = ((ECPublicKey) keys.getPublic()).getParams();
    var beside = new Point(curve, new ECPoint(BigInteger.ONE, BigInteger.TWO));
    var nowhere = new Point(curve, ECPoint.POINT_INFINITY);

    for (var point : List.of(beside, nowhere))
      assertThatThrownBy(() -> agreed(ours(), keys.getPrivate(), point))
          .isInstanceOf(InvalidKeyException.class);
  }

  private static KeyPair pair(String curve, Provider provider) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC", provider);
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private static byte[] agreed(Provider provider, Key mine, Key theirs)
      throws GeneralSecurityException {
    var agreement = KeyAgreement.getInstance("ECDH", provider);
    agreement.init(mine);
    agreement.doPhase(theirs, true);
    return agreement.generateSecret();
  }

  private static byte[] signed(Provider provider, String algorithm, KeyPair keys)
      throws GeneralSecurityException {
    var signature = Signature.getInstance(algorithm, provider);
    signature.initSign(keys.getPrivate());
    signature.update(TEXT);
    return signature.sign();
  }

  private static boolean verified(
      Provider provider, String algorithm, KeyPair keys, byte[] signature)
      throws GeneralSecurityException {
    var verifier = Signature.getInstance(algorithm, provider);
    verifier.initVerify(keys.getPublic());
    verifier.update(TEXT);
    return verifier.verify(signature);
  }

  /// As nobody's library would make it.
  private record Point(ECParameterSpec curve, ECPoint w) implements ECPublicKey {
    private static final long serialVersionUID = 1;

    @Override
    public ECPoint getW() {
      return w;
    }

    @Override
    public ECParameterSpec getParams() {
      return curve;
    }

    @Override
    public String getAlgorithm() {
      return "EC";
    }

    @Override
    public String getFormat() {
      return "X.509";
    }

    @Override
    public byte[] getEncoded() {
      return new byte[0];
    }
  }
}
