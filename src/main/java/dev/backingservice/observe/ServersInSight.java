package dev.backingservice.observe;

import dev.backingservice.api.BackingServer;
import dev.backingservice.engine.Claim;
import dev.backingservice.engine.Engine;
import dev.backingservice.model.Place;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.ServerFact;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Looks at every server that matters to one service.
final class ServersInSight {
  private final Sights sights;
  private final Servers servers;

  ServersInSight(Eyes eyes) {
    this.servers = eyes.servers();
    this.sights = new Sights(eyes.directory(), eyes.key().instance());
  }

  Map<String, ServerFact> look(Facts f, Engine engine, Registry known) {
    var seen = new HashMap<String, ServerFact>();
    for (var place : places(f, known))
      if (!seen.containsKey(place.server()))
        seen.put(
            place.server(),
            fact(f, place, found(place.server(), engine, known), new Consent(known)));
    return seen;
  }

  private Optional<BackingServer> found(String name, Engine engine, Registry known) {
    var resource = known.find(name);
    resource.ifPresent(r -> servers.know(r, engine));
    return resource;
  }

  private ServerFact fact(Facts f, Place place, Optional<BackingServer> resource, Consent consent) {
    var admission =
        new ServerFact.Admission(
            consent.refusal(place.server(), resource, f.service().id().namespace()),
            Consent.posture(resource),
            f.intent().map(i -> Consent.sharedWith(resource, i)).orElse(Set.of()),
            Consent.gone(resource));
    return new ServerFact(
        place.server(),
        admission,
        sights.look(
            place.server(), resource, Claim.of(f.service().id(), place, f.intent(), Set.of())));
  }

  /// Everywhere something of ours may be, and where it shall be; the active place speaks for
  /// its server.
  private Set<Place> places(Facts f, Registry known) {
    var places = new LinkedHashSet<Place>();
    f.active().ifPresent(a -> places.add(a.place()));
    f.memory().swap().target().ifPresent(a -> places.add(a.place()));
    f.memory().retained().forEach(r -> places.add(r.attachment().place()));
    f.debts().forEach(d -> places.add(d.attachment().place()));
    f.intent().ifPresent(i -> places.add(i.place()));
    if (f.forgotten()) f.intent().ifPresent(i -> places.addAll(everywhere(f, i.place(), known)));
    return places;
  }

  /// Every server that admits the namespace.
  private List<Place> everywhere(Facts f, Place like, Registry known) {
    var consent = new Consent(known);
    return known.all().stream()
        .filter(s -> consent.admits(s, f.service().id().namespace()))
        .map(s -> new Place(s.getMetadata().getName(), like.database(), like.schema()))
        .toList();
  }
}
