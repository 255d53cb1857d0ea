package dev.backingservice.observe;

import dev.backingservice.api.BackingServer;
import dev.backingservice.engine.Directory;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.RootKey;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.Places;
import dev.backingservice.plan.ServerFact;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Looks at every server that matters to one service.
public final class ServiceServers {
  private final Directory directory;
  private final ServerReader reader;
  private final ServerLook look;

  public ServiceServers(Directory directory, ServerReader reader, RootKey key) {
    this.directory = directory;
    this.reader = reader;
    this.look = new ServerLook(directory, key);
  }

  /// The servers where something of ours is known to be, or shall be.
  Map<String, ServerFact> look(Facts f, Registry known) {
    return look(f, Places.known(f), known);
  }

  /// Those that were looked at, and every other one that admits the namespace.
  Map<String, ServerFact> lookEverywhere(Facts f, Registry known) {
    var places = f.intent().map(i -> everywhere(f, i.place(), known)).orElse(List.of());
    return look(f, places, known);
  }

  private Map<String, ServerFact> look(Facts f, Collection<Place> places, Registry known) {
    var seen = new HashMap<>(f.servers());
    for (var place : places)
      if (!seen.containsKey(place.server())) seen.put(place.server(), fact(f, place, known));
    return seen;
  }

  private ServerFact fact(Facts f, Place place, Registry known) {
    var name = place.server();
    var resource = known.find(name);
    resource.ifPresent(reader::know);
    var order = Orders.of(f, place).capped(Consent.maxConnections(resource));
    var admission = admission(f, name, resource, known);
    var sight =
        Places.hidden(f, name, admission)
            ? new ServerFact.Sight.Troubled(admission.consent().orElseThrow())
            : look.look(name, resource, order);
    return new ServerFact(name, admission, sight);
  }

  private ServerFact.Admission admission(
      Facts f, String name, Optional<BackingServer> resource, Registry known) {
    var consent = new Consent(known);
    var primary =
        resource.flatMap(r -> Optional.ofNullable(r.getSpec().primary())).flatMap(known::find);
    return new ServerFact.Admission(
        consent
            .refusal(name, resource, f.service().id().namespace(), f.intent().map(Intent::engine))
            .or(() -> capped(f, name, resource, primary)),
        Consent.posture(resource)
            .or(() -> Consent.posture(name, primary))
            .map(p -> new Failure(p.reason(), directory.discreet(name, p.message()))),
        Consent.databases(primary.isPresent() ? primary : resource),
        Math.min(Consent.maxConnections(resource), Consent.maxConnections(primary)),
        Consent.gone(resource),
        directory.find(name).map(s -> s.server().clientTls()).orElse(""),
        Consent.lineage(resource),
        Consent.trusted(resource) || Consent.trusted(primary));
  }

  /// Caps hold for what is asked of a server, not for what was given there before. Those of a
  /// primary hold for the accounts of its standbys.
  private static Optional<Failure> capped(
      Facts f, String name, Optional<BackingServer> resource, Optional<BackingServer> primary) {
    return f.intent()
        .filter(i -> i.place().server().equals(name))
        .flatMap(
            i ->
                Consent.caps(resource, i)
                    .or(() -> Consent.caps(name, primary, i))
                    .or(() -> listed(f, name, resource, primary, i)));
  }

  /// The claims are those of the primary; what a standby lists besides is for fewer.
  private static Optional<Failure> listed(
      Facts f,
      String name,
      Optional<BackingServer> resource,
      Optional<BackingServer> primary,
      Intent intent) {
    return primary.isEmpty()
        ? Optional.empty()
        : Consent.unlisted(name, resource, intent, f.service().id().namespace());
  }

  /// Every server of the engine that admits the namespace.
  private List<Place> everywhere(Facts f, Place like, Registry known) {
    var consent = new Consent(known);
    var engine = f.intent().map(i -> i.engine().name()).orElse("");
    return known.all().stream()
        .filter(s -> engine.equals(String.valueOf(s.getSpec().engine())))
        .filter(s -> consent.admits(s, f.service().id().namespace()))
        .map(s -> like.on(s.getMetadata().getName()))
        .toList();
  }
}
