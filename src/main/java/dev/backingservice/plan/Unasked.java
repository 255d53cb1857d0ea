package dev.backingservice.plan;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Which servers may let in a login that nobody remembers, and could not be asked: those that did
/// not answer when what is recorded was not the whole truth. They count until they answer, or the
/// platform team says that they are gone.
final class Unasked {
  private Unasked() {}

  static List<String> of(Facts f) {
    var lost =
        f.service().marked() && Places.incomplete(f) ? f.servers().keySet() : Set.<String>of();
    return Stream.concat(f.memory().unasked().stream(), lost.stream())
        .distinct()
        .filter(name -> f.server(name).filter(Unasked::mayHold).isPresent())
        .sorted()
        .toList();
  }

  /// One that was never identified was never provisioned either.
  private static boolean mayHold(ServerFact server) {
    var admission = server.admission();
    return server.answer().isEmpty()
        && !admission.lineage().isEmpty()
        && !admission.gone().equals(admission.lineage());
  }
}
