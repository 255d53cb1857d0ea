package dev.backingservice.engine;

import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.ServiceId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// On whose behalf a server is asked, and with what limits. The rights are those of each
/// attachment.
///
/// @param namespaceUid tells a namespace apart from one that was there before under its name
/// @param sharedWith namespaces that the platform team allows on this database; empty: the
///     first one owns it
/// @param comparesContents whether a swap compares what the old and the new place hold: not for a
///     cache
/// @param own whether it concerns only logins that this very object of the service made: one
///     that a later object of the same name took over is left alone
public record Order(
    ServiceId service,
    String namespaceUid,
    Place place,
    Intent.Limits limits,
    Set<String> sharedWith,
    boolean comparesContents,
    boolean own) {
  /// Of a claim: the namespace that it is of.
  public static final String NAMESPACE = "namespace";

  /// Of a claim: tells that namespace apart from one that was there before.
  public static final String NAMESPACE_UID = "namespace-uid";

  private static final Intent.Limits LEAST = new Intent.Limits(1, Duration.ZERO);

  public Order(
      ServiceId service,
      String namespaceUid,
      Place place,
      Intent.Limits limits,
      Set<String> sharedWith) {
    this(service, namespaceUid, place, limits, sharedWith, true, false);
  }

  public Order {
    sharedWith = Set.copyOf(sharedWith);
  }

  /// What a claim of its namespace says of whose it is.
  public Map<String, String> claimant() {
    return Map.of(NAMESPACE, service.namespace(), NAMESPACE_UID, namespaceUid);
  }

  /// Whether it may use what somebody claimed with these fields. A namespace that was made anew
  /// under a name inherits nothing.
  public boolean mayUse(Map<String, String> claim) {
    if (!sharedWith.isEmpty()) return sharedWith.contains(service.namespace());
    return service.namespace().equals(claim.get(NAMESPACE))
        && namespaceUid.equals(claim.getOrDefault(NAMESPACE_UID, ""));
  }

  /// What `intent` asks for at a place; the least that a login can be when nobody asks any more.
  public static Order of(
      ServiceId service,
      String namespaceUid,
      Place place,
      Optional<Intent> intent,
      Set<String> sharedWith) {
    return new Order(
        service,
        namespaceUid,
        place,
        intent.map(Intent::limits).orElse(LEAST),
        sharedWith,
        intent.map(Intent::comparesContents).orElse(false),
        false);
  }

  /// The same with no more connections than a server allows.
  public Order capped(int connections) {
    var fewer = Math.min(limits.connections(), connections);
    return new Order(
        service,
        namespaceUid,
        place,
        new Intent.Limits(fewer, limits.statementTimeout()),
        sharedWith,
        comparesContents,
        own);
  }

  /// The same at another place.
  public Order at(Place other) {
    return new Order(service, namespaceUid, other, limits, sharedWith, comparesContents, own);
  }

  /// The same for nothing but what this very object made.
  public Order forItsOwn() {
    return new Order(service, namespaceUid, place, limits, sharedWith, comparesContents, true);
  }

  /// The same without a comparison of contents.
  public Order uncompared() {
    return new Order(service, namespaceUid, place, limits, sharedWith, false, own);
  }
}
