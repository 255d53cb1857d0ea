package dev.backingservice.engines;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.backingservice.engines.HostileServer.Wire;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// The server's side of a SCRAM-SHA-256 exchange (RFC 5802), right or wrong.
record HostileLogin(Wire wire, String password, Scram scram) {
  private static final byte[] SALT = "sixteen bytes ok".getBytes(ISO_8859_1);

  /// @param mechanisms that are offered
  /// @param iterations as they are announced
  /// @param honest whether the server proves that it knows the password
  record Scram(String mechanisms, int iterations, boolean honest) {
    static final Scram RIGHT = new Scram("SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0", 4096, true);
  }

  void play() throws Exception {
    wire.authentication(10, scram.mechanisms);
    var first = new String(wire.read(), ISO_8859_1);
    var bare = first.substring(first.indexOf("n=", first.indexOf(",,")));
    var nonce = bare.substring(bare.indexOf("r=") + 2) + "server";
    var challenge =
        "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(SALT) + ",i=" + scram.iterations;
    wire.authentication(11, challenge);
    var last = new String(wire.read(), ISO_8859_1);
    var without = last.substring(0, last.lastIndexOf(",p="));
    var signature = signature(bare + "," + challenge + "," + without);
    wire.authentication(12, "v=" + signature);
    wire.authentication(0, "");
  }

  private String signature(String message) throws GeneralSecurityException {
    if (!scram.honest) return Base64.getEncoder().encodeToString(new byte[32]);
    var salted =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
            .generateSecret(
                new PBEKeySpec(
                    password.toCharArray(), SALT, Math.min(scram.iterations, 10_000), 256))
            .getEncoded();
    var key = hmac(salted, "Server Key");
    return Base64.getEncoder().encodeToString(hmac(key, message));
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(ISO_8859_1));
  }
}
