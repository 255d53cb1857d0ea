package dev.backingservice.plan;

import dev.backingservice.model.Place;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Which servers may let in a login that nobody remembers, now or later: those that did not answer
/// when what is recorded was not the whole truth, and standbys, where nothing can be locked. They
/// count until they answer and take writes, or the platform team says that they are gone.
final class Unasked {
  private Unasked() {}

  static List<String> of(Facts f) {
    if (!f.attachedBefore() || f.given()) return List.of();
    var names = new TreeSet<>(f.memory().unasked());
    if (Places.everywhere(f))
      for (var server : f.servers().values())
        if (!Places.hidden(f, server.name(), server.admission())) names.add(server.name());
    names.removeIf(name -> f.server(name).filter(Unasked::silent).isEmpty());
    for (var found : f.intent().map(i -> strays(f, i.place())).orElse(List.of()))
      names.add(found.server());
    return List.copyOf(names);
  }

  /// One that was never identified was never provisioned either.
  private static boolean silent(ServerFact server) {
    var admission = server.admission();
    return server.answer().isEmpty()
        && !admission.lineage().isEmpty()
        && !admission.gone().equals(admission.lineage());
  }

  /// Where older logins work: on servers that have not been dealt with, and on standbys that are
  /// not spoken of otherwise.
  private static List<FoundLogins> strays(Facts f, Place like) {
    var spoken = Places.remembered(f).stream().map(Place::server).toList();
    return FoundLogins.strays(f, like).stream()
        .filter(
            found ->
                f.memory().unasked().contains(found.server())
                    || (standby(f, found.server()) && !spoken.contains(found.server())))
        .toList();
  }

  private static boolean standby(Facts f, String server) {
    return Optional.of(server).flatMap(f::answer).filter(a -> !a.identity().writable()).isPresent();
  }
}
