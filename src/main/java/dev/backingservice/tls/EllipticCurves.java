package dev.backingservice.tls;

import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.function.Supplier;
import org.bouncycastle.jcajce.provider.asymmetric.ec.KeyAgreementSpi;
import org.bouncycastle.jcajce.provider.asymmetric.ec.KeyPairGeneratorSpi;
import org.bouncycastle.jcajce.provider.asymmetric.ec.SignatureSpi;

/// Bouncy Castle's arithmetic of elliptic curves for TLS and certificates. The platform's
/// multiplies by an instruction that only the second compiler of the JVM knows: without that
/// compiler a key agreement takes 4 ms on P-256, and here a tenth of that.
public final class EllipticCurves extends Provider {
  private static final long serialVersionUID = 1;
  private static final String NAME = "EllipticCurves";

  private EllipticCurves() {
    super(NAME, "1", "key pairs, ECDH and ECDSA by Bouncy Castle");
    provide("KeyPairGenerator", "EC", KeyPairGeneratorSpi.EC::new);
    provide("KeyAgreement", "ECDH", KeyAgreementSpi.DH::new);
    provide("Signature", "SHA256withECDSA", SignatureSpi.ecDSA256::new);
    provide("Signature", "SHA384withECDSA", SignatureSpi.ecDSA384::new);
    provide("Signature", "SHA512withECDSA", SignatureSpi.ecDSA512::new);
  }

  private void provide(String type, String algorithm, Supplier<Object> made) {
    putService(
        new Service(this, type, algorithm, made.getClass().getName(), List.of(), null) {
          @Override
          public Object newInstance(Object parameter) {
            return made.get();
          }
        });
  }

  /// Once for the process: nobody names a provider.
  public static synchronized void install() {
    if (Security.getProvider(NAME) == null) Security.insertProviderAt(new EllipticCurves(), 1);
  }
}
