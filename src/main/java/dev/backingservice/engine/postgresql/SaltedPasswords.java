package dev.backingservice.engine.postgresql;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.SecretKeyFactorySpi;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;
import org.jspecify.annotations.Nullable;

/// PBKDF2 (RFC 8018, 5.2) that keeps its last results. The verifier of a new credential and each
/// login with it stretch one password with one salt (RFC 5802, `SaltedPassword`): the driver finds
/// what [Scram], or an earlier login, has computed.
final class SaltedPasswords extends Provider {
  static final String ALGORITHM = "PBKDF2WithHmacSHA256";
  private static final long serialVersionUID = 1;
  private static final String NAME = "SaltedPasswords";

  /// Each published credential logs in once in a drift interval, and once more when it is fenced.
  /// An entry takes some 200 bytes.
  private static final int KEPT = 4096;

  private static final Map<ByteBuffer, SecretKey> KEYS =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, SecretKey> eldest) {
          return size() > KEPT;
        }
      };

  private SaltedPasswords() {
    super(NAME, "1", "PBKDF2 that keeps its last results");
    putService(
        new Service(this, "SecretKeyFactory", ALGORITHM, Kept.class.getName(), null, null) {
          @Override
          public Object newInstance(Object parameter) {
            return new Kept();
          }
        });
  }

  /// Once for the process: drivers name no provider.
  static synchronized void install() {
    if (Security.getProvider(NAME) == null) Security.insertProviderAt(new SaltedPasswords(), 1);
  }

  /// What is kept, and what makes it.
  private static final class Kept extends SecretKeyFactorySpi {
    @Override
    protected SecretKey engineGenerateSecret(KeySpec spec) throws InvalidKeySpecException {
      try {
        if (!(spec instanceof PBEKeySpec pbe)) return platform().generateSecret(spec);
        var name = name(pbe);
        var kept = find(name);
        if (kept != null) return kept;
        var made = new SecretKeySpec(stretch(pbe), ALGORITHM);
        keep(name, made);
        return made;
      } catch (GeneralSecurityException e) {
        throw new InvalidKeySpecException(e);
      }
    }

    @Override
    protected KeySpec engineGetKeySpec(SecretKey key, Class<?> spec)
        throws InvalidKeySpecException {
      try {
        return platform().getKeySpec(key, spec);
      } catch (GeneralSecurityException e) {
        throw new InvalidKeySpecException(e);
      }
    }

    @Override
    protected SecretKey engineTranslateKey(SecretKey key) throws InvalidKeyException {
      try {
        return platform().translateKey(key);
      } catch (GeneralSecurityException e) {
        throw new InvalidKeyException(e);
      }
    }
  }

  /// Bouncy Castle needs half the time that the platform needs where only the first compiler of the
  /// JVM is at work. Besides, a key that the platform makes holds the password.
  private static byte[] stretch(PBEKeySpec spec) {
    var generator = new PKCS5S2ParametersGenerator(SHA256Digest.newInstance());
    generator.init(utf8(spec), spec.getSalt(), spec.getIterationCount());
    return ((KeyParameter) generator.generateDerivedMacParameters(spec.getKeyLength())).getKey();
  }

  private static byte[] utf8(PBEKeySpec spec) {
    return new String(spec.getPassword()).getBytes(StandardCharsets.UTF_8);
  }

  private static SecretKeyFactory platform() throws GeneralSecurityException {
    for (var provider : Security.getProviders("SecretKeyFactory." + ALGORITHM))
      if (!(provider instanceof SaltedPasswords))
        return SecretKeyFactory.getInstance(ALGORITHM, provider);
    throw new NoSuchAlgorithmException(ALGORITHM);
  }

  /// No password is kept, only what tells it from others.
  private static ByteBuffer name(PBEKeySpec spec) throws NoSuchAlgorithmException {
    var digest = MessageDigest.getInstance("SHA-256");
    digest.update(utf8(spec));
    digest.update((byte) 0);
    digest.update(spec.getSalt());
    digest.update(
        ByteBuffer.allocate(2 * Integer.BYTES)
            .putInt(spec.getIterationCount())
            .putInt(spec.getKeyLength())
            .array());
    return ByteBuffer.wrap(digest.digest());
  }

  private static @Nullable SecretKey find(ByteBuffer name) {
    synchronized (KEYS) {
      return KEYS.get(name);
    }
  }

  private static void keep(ByteBuffer name, SecretKey key) {
    synchronized (KEYS) {
      KEYS.put(name, key);
    }
  }
}
