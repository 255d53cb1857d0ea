package dev.backingservice.tls;

import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import org.bouncycastle.jcajce.provider.asymmetric.ec.KeyAgreementSpi;
import org.bouncycastle.jcajce.provider.asymmetric.ec.KeyPairGeneratorSpi;
import org.bouncycastle.jcajce.provider.asymmetric.ec.SignatureSpi;
import org.jspecify.annotations.Nullable;

/// Bouncy Castle's arithmetic of elliptic curves for TLS and certificates. The platform's
/// multiplies by an instruction that only the second compiler of the JVM knows: without that
/// compiler a key agreement takes 4 ms on P-256, and here a tenth of that.
public final class EllipticCurves extends Provider {
  private static final long serialVersionUID = 1;
  private static final String NAME = "EllipticCurves";

  private EllipticCurves() {
    super(NAME, "1", "key pairs, ECDH and ECDSA by Bouncy Castle");
    putService(new Curves(this, "KeyPairGenerator", "EC"));
    putService(new Curves(this, "KeyAgreement", "ECDH"));
    putService(new Curves(this, "Signature", "SHA256withECDSA"));
    putService(new Curves(this, "Signature", "SHA384withECDSA"));
    putService(new Curves(this, "Signature", "SHA512withECDSA"));
  }

  /// Once for the process: nobody names a provider.
  public static synchronized void install() {
    if (Security.getProvider(NAME) == null) Security.insertProviderAt(new EllipticCurves(), 1);
  }

  /// Whoever sends a point beside the curve has sent no key: TLS expects that as such.
  private static final class Agreement extends KeyAgreementSpi.DH {
    @Override
    protected @Nullable Key engineDoPhase(Key key, boolean lastPhase) throws InvalidKeyException {
      try {
        return super.engineDoPhase(key, lastPhase);
      } catch (IllegalArgumentException e) {
        throw new InvalidKeyException("a point that is not on the curve", e);
      }
    }
  }

  private static final class Curves extends Service {
    Curves(Provider provider, String type, String algorithm) {
      super(provider, type, algorithm, Curves.class.getName(), null, null);
    }

    /// Names the classes here alone: a reference to a method of a signed archive makes the JVM
    /// crash when it writes its ahead-of-time cache.
    @Override
    public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
      return switch (getAlgorithm()) {
        case "EC" -> new KeyPairGeneratorSpi.EC();
        case "ECDH" -> new Agreement();
        case "SHA256withECDSA" -> new SignatureSpi.ecDSA256();
        case "SHA384withECDSA" -> new SignatureSpi.ecDSA384();
        case "SHA512withECDSA" -> new SignatureSpi.ecDSA512();
        default -> throw new NoSuchAlgorithmException(getAlgorithm());
      };
    }
  }
}
