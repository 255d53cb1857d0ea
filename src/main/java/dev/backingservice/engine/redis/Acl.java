package dev.backingservice.engine.redis;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Marks;
import dev.backingservice.model.Access;
import dev.backingservice.model.Place;
import dev.backingservice.model.Scope;
import dev.backingservice.model.Sensitive;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The rules of access control lists (Redis documentation, "ACL SETUSER"), as this operator writes
/// them. Their order matters: what is removed comes last.
final class Acl {
  /// The rules of the administrator.
  static final String ADMINISTRATOR =
      "+acl|setuser +acl|getuser +acl|deluser +acl|list +acl|users +acl|save +acl|dryrun +acl|whoami +client|kill +client|list +client|id +client|setname +ping +role +info +hello +auth";

  /// Takes everything else away before.
  static final String ONLY = "resetkeys resetchannels -@all ";

  /// What the administrator needs besides where keys are counted.
  static final String COUNTING = "+scan";

  /// The pattern of a mark: no key is named so, and no letter of it matches another one.
  private static final String MARK = "%R~__bs:";

  private static final String OFF = "off";

  /// Of the commands about connections: names of connections and tracking tell of others, or
  /// trouble them.
  private static final String CLIENT =
      " -client +client|id +client|getname +client|info +client|reply";

  /// Functions belong to the whole server and run with the rights of whoever calls them: who may
  /// load one, runs code as everybody else.
  private static final String SHARED =
      " -function -fcall -fcall_ro -script|flush -script|kill" + CLIENT;

  private Acl() {}

  /// The prefix of the keys of a place.
  static String prefix(Place place) {
    if (place.scope() instanceof Scope.Keys keys) return keys.prefix();
    throw new IllegalArgumentException("a place on Redis or Valkey is a prefix of keys: " + place);
  }

  /// What a level may do.
  static List<String> commands(Access access) {
    return List.of(
        (switch (access) {
              case Owner -> "+@all -@admin -@dangerous +info" + SHARED;
              case ReadWrite ->
                  "-@all +@read +@write +@connection +@transaction +@pubsub +@scripting -@dangerous -@admin"
                      + SHARED;
              case ReadOnly ->
                  "-@all +@read +@connection -@dangerous -@admin +subscribe +psubscribe +unsubscribe +punsubscribe"
                      + CLIENT;
            })
            .split(" "));
  }

  static String keys(Access access, String prefix) {
    return (access == Access.ReadOnly ? "%R~" : "~") + prefix + "*";
  }

  static String channels(String prefix) {
    return "&" + prefix + "*";
  }

  static String password(Sensitive password) {
    try {
      var sha = MessageDigest.getInstance("SHA-256");
      var bytes = password.reveal().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(sha.digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// Whether no tenant may have keys or channels that begin so: servers and their sentinels use
  /// them.
  static boolean reserved(String prefix) {
    return prefix.startsWith("_");
  }

  /// Makes an account exactly this, whatever it was.
  static void open(
      Redis redis, Marks marks, String login, LoginMark mark, Sensitive password, String prefix)
      throws EngineException {
    var rules =
        new ArrayList<>(
            List.of(
                "on",
                "#" + password(password),
                keys(mark.access(), prefix),
                channels(prefix),
                pattern(marks, login, mark.fields())));
    rules.addAll(commands(mark.access()));
    set(redis, login, rules);
  }

  /// Makes an account one that nobody can use and that holds a mark only.
  static void close(Redis redis, Marks marks, String name, Map<String, String> mark)
      throws EngineException {
    set(redis, name, List.of(OFF, pattern(marks, name, mark)));
  }

  static void set(Redis redis, String name, List<String> rules) throws EngineException {
    var command = new ArrayList<>(List.of("ACL", "SETUSER", name, "reset"));
    command.addAll(rules);
    redis.ask(command.toArray(String[]::new));
  }

  static void delete(Redis redis, String name) throws EngineException {
    redis.ask("ACL", "DELUSER", name);
  }

  private static String pattern(Marks marks, String name, Map<String, String> mark) {
    return MARK
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(marks.write(name, mark).getBytes(StandardCharsets.UTF_8));
  }

  /// The text of the mark among these patterns; empty text without one.
  static String mark(Iterable<String> patterns) {
    for (var pattern : patterns)
      if (pattern.startsWith(MARK)) return decoded(pattern.substring(MARK.length()));
    return "";
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getUrlDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /// The same patterns without the mark.
  static TreeSet<String> withoutMark(List<String> patterns) {
    var others = new TreeSet<>(patterns);
    others.removeIf(pattern -> pattern.startsWith(MARK));
    return others;
  }
}
