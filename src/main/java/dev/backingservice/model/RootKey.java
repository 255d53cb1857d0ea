package dev.backingservice.model;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The operator's root key. Passwords, salts and seals are derived from it (HMAC-SHA256, RFC
/// 2104, over length-prefixed fields that begin with their purpose), so that nothing needs to
/// be stored before it is set on a server and every crash resumes with the same value.
public final class RootKey {
  /// Length of a key in bytes.
  public static final int LENGTH = 32;

  private final byte[] key;
  private final String instance;

  /// @param key exactly [#LENGTH] random bytes
  public RootKey(byte[] key) {
    if (key.length != LENGTH) throw new IllegalArgumentException("a root key has 32 bytes");
    this.key = key.clone();
    this.instance = HexFormat.of().formatHex(hmac("instance")).substring(0, 16);
  }

  /// Fingerprint of this installation: 16 hex digits; survives re-installation with the key.
  public String instance() {
    return instance;
  }

  /// The two logins of a service: `bs_<12 hex>_<slug>_a` and `_b`, at most 30 bytes. The hex is an
  /// HMAC, so that nobody can look for a service whose logins have the names of another one's.
  public LoginNames logins(ServiceId service) {
    var prefix = "bs_" + serviceHash(service).substring(0, 12) + "_" + Names.slug(service.name());
    return new LoginNames(prefix + "_a", prefix + "_b");
  }

  /// Tells services of one operator apart, also where the names of their logins would collide.
  public String serviceHash(ServiceId service) {
    return name("service", service.namespace(), service.name());
  }

  /// A name for these fields that nobody else can compute: 64 hex digits.
  public String name(String... fields) {
    return HexFormat.of().formatHex(hmac(join("name", fields)));
  }

  /// The password of one credential: 43 characters, all unreserved in RFC 3986.
  public Sensitive password(ServiceId service, Attachment of) {
    return new Sensitive(
        base64(hmac("password", service.uid(), of.server(), of.serverId(), of.login(), epoch(of))));
  }

  /// The salt of one credential's verifier: 16 bytes.
  public byte[] salt(ServiceId service, Attachment of) {
    return Arrays.copyOf(
        hmac("salt", service.uid(), of.server(), of.serverId(), of.login(), epoch(of)), 16);
  }

  /// The word on a resource that it was attached once: nobody else can say so. It holds for a
  /// resource that is made anew under the name.
  public String attached(ServiceId service) {
    return seal("attached", service.namespace(), service.name());
  }

  /// A seal over fields: whoever cannot compute it cannot forge them.
  public String seal(String... fields) {
    return base64(hmac(join("seal", fields)));
  }

  /// Compares in constant time.
  public boolean sealed(String seal, String... fields) {
    return MessageDigest.isEqual(
        seal.getBytes(StandardCharsets.UTF_8), seal(fields).getBytes(StandardCharsets.UTF_8));
  }

  private byte[] hmac(String... fields) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      for (var field : fields) mac.update(Names.prefixed(field));
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  private static String[] join(String first, String... rest) {
    var all = new String[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }

  private static String epoch(Attachment of) {
    return Long.toString(of.epoch());
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public String toString() {
    return "RootKey " + instance;
  }
}
