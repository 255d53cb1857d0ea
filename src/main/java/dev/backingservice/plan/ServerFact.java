package dev.backingservice.plan;

import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Place;
import dev.backingservice.model.Standing;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// What is known of one server, from this service's point of view.
///
/// @param sight what was seen when it was asked
public record ServerFact(String name, Admission admission, Sight sight) {
  /// What the platform team says of it.
  ///
  /// @param consent why this namespace may not attach; empty when it may
  /// @param posture the finding that refuses a new attachment; empty when none does
  /// @param databases namespaces listed for each database; one that is not listed is owned by the
  ///     first namespace that attaches it
  /// @param maxConnections the most that a login may have here
  /// @param gone the lineage or process that will never answer again; empty text for none
  /// @param clientTls how clients use TLS here; empty where that is not known yet
  /// @param lineage that was seen first under the name, or is accepted; empty text before that
  /// @param trusted whether a cluster that fences its own answers under the name
  public record Admission(
      Optional<Failure> consent,
      Optional<Failure> posture,
      Map<String, Set<String>> databases,
      int maxConnections,
      String gone,
      String clientTls,
      String lineage,
      boolean trusted) {
    /// Part of [#clientTls].
    private static final String DEMANDED = "/Required";

    public Admission {
      databases = Map.copyOf(databases);
    }

    /// Whether clients have to show a certificate.
    public boolean demandsCertificates() {
      return clientTls.contains(DEMANDED);
    }

    /// Namespaces that are listed for the database of a place; empty: the first one owns it.
    public Set<String> sharedWith(Place place) {
      return place.scope().databaseName().map(databases::get).orElse(Set.of());
    }
  }

  /// Why this namespace may not attach; empty when it may.
  public Optional<Failure> consent() {
    return admission.consent;
  }

  /// The finding that refuses a new attachment; empty when none does.
  public Optional<Failure> posture() {
    return admission.posture;
  }

  /// What was seen.
  public sealed interface Sight {

    /// It answers, and is who it was.
    record Answers(Identity identity, Standing standing) implements Sight {}

    /// Nobody is there: name, route, port, and without a byte received.
    record Silent(Failure failure) implements Sight {}

    /// Another lineage answers under the name, and nobody has said that this is right.
    record Stranger(Failure failure) implements Sight {}

    /// Somebody is there, but the administrator cannot work.
    record Troubled(Failure failure) implements Sight {}
  }

  public Optional<Sight.Answers> answer() {
    return sight instanceof Sight.Answers answers ? Optional.of(answers) : Optional.empty();
  }

  public boolean silent() {
    return sight instanceof Sight.Silent;
  }

  /// Whether somebody is there, and the administrator cannot work.
  boolean troubled() {
    return sight instanceof Sight.Troubled;
  }

  /// Whether another lineage answers under the name.
  public boolean stranger() {
    return sight instanceof Sight.Stranger;
  }

  /// Why nothing can be done there; empty when it answers.
  public Optional<Failure> trouble() {
    return switch (sight) {
      case Sight.Answers _ -> Optional.empty();
      case Sight.Silent(var failure) -> Optional.of(failure);
      case Sight.Stranger(var failure) -> Optional.of(failure);
      case Sight.Troubled(var failure) -> Optional.of(failure);
    };
  }

  /// The greatest epoch that a mark there knows of, among those of the resource with this uid.
  long greatestEpoch(String uid) {
    return greatestEpoch(l -> l.uid().equals(uid));
  }

  /// The same among those of every resource that had the service's name.
  long greatestEpoch() {
    return greatestEpoch(l -> l.holds() != Standing.Holds.Foreign);
  }

  private long greatestEpoch(Predicate<Standing.Login> of) {
    return answer().stream()
        .flatMap(a -> a.standing().logins().values().stream())
        .filter(of)
        .mapToLong(Standing.Login::greatestEpoch)
        .max()
        .orElse(0);
  }
}
