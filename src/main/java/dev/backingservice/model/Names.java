package dev.backingservice.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/// Makes identifiers out of names that people chose: lower case, ASCII, bounded.
public final class Names {
  private static final int SLUG_MAX = 12;

  private Names() {}

  /// SHA-256 in hex over length-prefixed fields: no two lists of fields give the same input.
  public static String digest(String... fields) {
    var hash = sha256();
    for (var field : fields) hash.update(prefixed(field));
    return HexFormat.of().formatHex(hash.digest());
  }

  static byte[] prefixed(String field) {
    var bytes = field.getBytes(StandardCharsets.UTF_8);
    return (bytes.length + ":" + field + ";").getBytes(StandardCharsets.UTF_8);
  }

  /// Letters, digits and underscores, at most 12.
  public static String slug(String name) {
    var slug = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_|_$", "");
    return slug.substring(0, Math.min(slug.length(), SLUG_MAX)).replaceAll("_$", "");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
