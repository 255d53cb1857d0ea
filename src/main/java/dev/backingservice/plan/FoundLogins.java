package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The logins of a service that its servers hold, whoever remembers them.
///
/// @param attachment as its mark says
/// @param login as it stands
public record FoundLogins(Attachment attachment, Standing.Login login) {

  /// A login of a service without a binding that works all the same: nobody remembers it, and
  /// nothing fenced it just now.
  public static Optional<FoundLogins> unbound(Facts f) {
    var like = f.intent().map(Intent::place);
    if (like.isEmpty() || f.active().isPresent() || !f.service().marked()) return Optional.empty();
    return on(f, like.get()).stream()
        .filter(found -> !found.login.fenced())
        .filter(found -> Retention.proof(f, found.attachment).isEmpty())
        .findFirst();
  }

  /// Every login that was made for the service, on every server that answered.
  ///
  /// @param like the place that they are taken to lead to, on their server
  static List<FoundLogins> on(Facts f, Place like) {
    var found = new ArrayList<FoundLogins>();
    for (var server : new TreeMap<>(f.servers()).values())
      server.answer().ifPresent(answer -> found.addAll(of(like.on(server.name()), answer)));
    return found;
  }

  private static List<FoundLogins> of(Place place, ServerFact.Sight.Answers answer) {
    return new TreeMap<>(answer.standing().logins())
        .entrySet().stream()
            .filter(e -> e.getValue().holds() != Standing.Holds.Foreign)
            .map(e -> of(place, answer.identity().serverId(), e.getKey(), e.getValue()))
            .toList();
  }

  private static FoundLogins of(Place place, String serverId, String name, Standing.Login login) {
    return new FoundLogins(
        new Attachment(place, serverId, name, login.access(), Math.max(1, login.epoch())), login);
  }

  public String server() {
    return attachment.server();
  }
}
