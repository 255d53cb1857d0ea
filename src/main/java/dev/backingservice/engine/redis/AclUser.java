package dev.backingservice.engine.redis;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.redis.Resp.Reply;
import dev.backingservice.model.Sensitive;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// An account as ACL GETUSER tells it.
///
/// @param commands in the server's own words, which are the same for the same rules as long as it
///     runs
/// @param selectors whether it has further sets of rules
/// @param mark empty without one of ours
record AclUser(
    String name,
    Set<String> flags,
    Set<String> passwords,
    String commands,
    List<String> keys,
    List<String> channels,
    boolean selectors,
    Optional<Map<String, String>> mark) {
  AclUser {
    flags = Set.copyOf(flags);
    passwords = Set.copyOf(passwords);
    keys = List.copyOf(keys);
    channels = List.copyOf(channels);
  }

  static Optional<AclUser> find(Redis redis, Marks marks, String name) throws EngineException {
    if (!(redis.ask("ACL", "GETUSER", name) instanceof Reply.Many(var replies)))
      return Optional.empty();
    var fields = new TreeMap<String, Reply>();
    for (int i = 0; i + 1 < replies.size(); i += 2)
      if (replies.get(i) instanceof Reply.Text(var field)) fields.put(field, replies.get(i + 1));
    var keys = words(fields.get("keys"));
    return Optional.of(
        new AclUser(
            name,
            Set.copyOf(words(fields.get("flags"))),
            Set.copyOf(words(fields.get("passwords"))),
            String.join(" ", words(fields.get("commands"))),
            keys,
            words(fields.get("channels")),
            !words(fields.get("selectors")).isEmpty()
                || fields.get("selectors") instanceof Reply.Many(var more) && !more.isEmpty(),
            marks.read(name, Acl.mark(keys))));
  }

  /// A list, or a text of several words.
  private static List<String> words(@Nullable Reply reply) {
    return switch (reply) {
      case Reply.Many(var replies) -> Redis.texts(replies);
      case Reply.Text(var text) when text.isBlank() -> List.of();
      case Reply.Text(var text) -> List.of(text.strip().split("\\s+"));
      case null, default -> List.of();
    };
  }

  boolean on() {
    return flags.contains("on");
  }

  /// Whether it is what [Acl#close] makes: an account that is only `off` leaves its sessions their
  /// rights.
  boolean closed() {
    return !on()
        && passwords.isEmpty()
        && Acl.withoutMark(keys).isEmpty()
        && channels.isEmpty()
        && !selectors
        && commands.equals("-@all");
  }

  Optional<LoginMark> login() {
    return mark.map(LoginMark::new).filter(LoginMark::ofLogin);
  }

  /// Whether it is what [Acl#open] makes.
  ///
  /// @param words of the server for the commands of its level
  boolean exactly(Sensitive password, String prefix, String words) {
    var access = login().map(LoginMark::access);
    return access.isPresent()
        && on()
        && !flags.contains("nopass")
        && passwords.equals(Set.of(Acl.password(password)))
        && Acl.withoutMark(keys).equals(Set.of(Acl.keys(access.get(), prefix)))
        && Set.copyOf(channels).equals(Set.of(Acl.channels(prefix)))
        && !selectors
        && commands.equals(words);
  }
}
