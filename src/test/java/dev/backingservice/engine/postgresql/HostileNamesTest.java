package dev.backingservice.engine.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.HostileTexts;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Material;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Place;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Scope;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.ServerText;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Trust;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Names that people chose, and comments that anybody may write on a server.
class HostileNamesTest {
  private static final RootKey KEY = new RootKey(new byte[32]);
  private static final Marks MARKS = new Marks(KEY);

  @Test
  void loginsAreIdentifiersOfOursWhateverAServiceIsCalled() {
    var seen = new HashSet<String>();
    var names = new HashSet<>(HostileTexts.all());
    for (var name : names) {
      var logins = KEY.logins(new ServiceId("shop", name, "uid"));
      for (var login : logins.all()) {
        assertThat(login).matches("bs_[0-9a-f]{12}_[a-z0-9_]*_[ab]").hasSizeLessThanOrEqualTo(30);
        assertThat(seen.add(login)).as(name).isTrue();
      }
    }
  }

  @Test
  void fieldsThatRunIntoEachOtherGiveDifferentNames() {
    assertThat(KEY.logins(new ServiceId("a", "b-c", "u")))
        .isNotEqualTo(KEY.logins(new ServiceId("a-b", "c", "u")));
    assertThat(KEY.seal("a", "bc")).isNotEqualTo(KEY.seal("ab", "c")).isNotEqualTo(KEY.seal("abc"));
    assertThat(KEY.name("x", "y")).isNotEqualTo(KEY.seal("x", "y"));
  }

  @Test
  void groupsOfDifferentPlacesHaveDifferentNames() {
    var seen = new HashSet<String>();
    for (var text : new HashSet<>(HostileTexts.all())) {
      if (text.isEmpty() || text.equals("public")) continue;
      var roles = Roles.of(MARKS, new Place("blue", new Scope.Schema("orders", text)));
      for (var role : List.of(roles.owner(), roles.readWrite(), roles.readOnly())) {
        assertThat(role.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(63);
        assertThat(seen.add(role)).as(text).isTrue();
      }
    }
  }

  @Test
  void identifiersAreQuotedSoThatTheyEndWhereTheyEnd() throws SQLException {
    for (var text : HostileTexts.all()) {
      if (text.contains("\0")) continue;
      var quoted = Sql.name(text);
      assertThat(quoted).startsWith("\"").endsWith("\"");
      var inner = quoted.substring(1, quoted.length() - 1);
      assertThat(inner.replace("\"\"", "")).doesNotContain("\"");
      assertThat(inner.replace("\"\"", "\"")).isEqualTo(text);
    }
  }

  @Test
  void textsAreQuotedSoThatTheyEndWhereTheyEnd() throws SQLException {
    for (var text : HostileTexts.all()) {
      if (text.contains("\0")) continue;
      var quoted = Sql.text(text);
      var inner = quoted.substring(1, quoted.length() - 1);
      assertThat(inner.replace("''", "")).doesNotContain("'");
      assertThat(inner.replace("''", "'")).isEqualTo(text);
    }
  }

  @Test
  void noCommentThatSomebodyElseWroteIsAMark() {
    var genuine = MARKS.write("role", Map.of("kind", "login", "epoch", "7"));
    assertThat(MARKS.read("role", genuine)).isPresent();
    assertThat(MARKS.read("another", genuine)).isEmpty();
    assertThat(MARKS.read("role", null)).isEmpty();
    for (var text : HostileTexts.all()) {
      assertThat(MARKS.read("role", text)).isEmpty();
      assertThat(MARKS.read("role", genuine.replace("\"7\"", "\"" + text + "\""))).isEmpty();
      assertThat(MARKS.read("role", genuine + text.strip() + "x"))
          .isIn(MARKS.read("role", genuine), java.util.Optional.empty());
    }
  }

  @Test
  void whatAMarkHoldsComesBackAsItWas() {
    for (var text : HostileTexts.all()) {
      var fields = Map.of("kind", "claim", "database", text);
      assertThat(MARKS.read("role", MARKS.write("role", fields)).orElseThrow())
          .containsAllEntriesOf(fields);
    }
  }

  @Test
  void urlsHoldWhatTheyWereMadeOfAndNoParameterMore() {
    for (var text : HostileTexts.all()) {
      if (text.isEmpty()
          || text.length() > 1000
          || text.chars().anyMatch(c -> Character.isSurrogate((char) c))) continue;
      var entries = Entries.of(new Place("blue", new Scope.Schema(text, "public")), material(text));
      var uri = URI.create(Objects.requireNonNull(entries.get("uri")).reveal());
      assertThat(uri.getHost()).isEqualTo("blue.db.internal");
      assertThat(uri.getPort()).isEqualTo(5432);
      assertThat(decoded(uri.getRawPath().substring(1))).isEqualTo(text);
      assertThat(decoded(uri.getRawUserInfo().split(":")[0])).isEqualTo(text);
      assertThat(uri.getRawQuery().split("&")).hasSize(2);
      assertThat(uri.getRawQuery()).startsWith("sslmode=verify-full&sslrootcert=/bindings/");
      assertThat(uri.getRawFragment()).isNull();
    }
  }

  @Test
  void whatAServerSaysIsOnePrintableLine() {
    for (var text : HostileTexts.all()) {
      for (var said : new String[] {ServerText.clean(text), ServerText.line(text)})
        assertThat(said.codePoints())
            .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT);
      assertThat(ServerText.clean(text)).hasSizeLessThanOrEqualTo(ServerText.MAX);
      assertThat(ServerText.line(text)).hasSizeLessThanOrEqualTo(ServerText.LINE);
      assertThat(ServerText.word(text)).matches("[0-9A-Za-z._:/-]{0,96}");
    }
  }

  private static Material material(String username) {
    var endpoint = new Endpoint("blue.db.internal", 5432);
    return new Material(
        username,
        new Sensitive(username),
        "/bindings/orders-db",
        "",
        new Server(
            "blue",
            "uid",
            endpoint,
            endpoint,
            "postgres",
            "bs_admin",
            new Sensitive("admin"),
            new Trust(Trust.Mode.VerifyFull, "pem", false),
            Server.ClientCertificate.Offered));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
