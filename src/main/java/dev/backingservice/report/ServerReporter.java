package dev.backingservice.report;

import dev.backingservice.api.Annotations;
import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingServerStatus;
import dev.backingservice.api.Condition;
import dev.backingservice.api.EngineName;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Protection;
import dev.backingservice.model.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tells what was seen of one server.
public final class ServerReporter {
  private ServerReporter() {}

  /// What ties services to a server.
  ///
  /// @param attached services attached now
  /// @param debts fences still owed, by services that are there and by those that are gone
  public record Ties(int attached, int debts) {
    public boolean none() {
      return attached == 0 && debts == 0;
    }
  }

  /// What was seen.
  public sealed interface Seen {
    /// How many fences are owed to it by services that are gone.
    int debts();

    /// @param protection of the connection; empty without TLS
    /// @param data where workloads connect
    record Answers(
        Identity identity,
        List<Finding> findings,
        Optional<Protection> protection,
        Endpoint data,
        int debts)
        implements Seen {
      public Answers {
        findings = List.copyOf(findings);
      }
    }

    record Troubled(Failure failure, int debts) implements Seen {}
  }

  public static BackingServerStatus report(
      BackingServer resource, Seen seen, Ties ties, Instant now) {
    var before = resource.getStatus();
    var was =
        new Conditions(
            before == null || before.conditions() == null ? List.of() : before.conditions());
    long generation = Objects.requireNonNullElse(resource.getMetadata().getGeneration(), 0L);
    var conditions =
        was.write(ServerJudge.verdicts(resource, seen, ties), generation, Set.of(), now);
    return switch (seen) {
      case Seen.Troubled _ -> troubled(before, conditions, generation, ties);
      case Seen.Answers answers -> answers(resource, answers, conditions, ties);
    };
  }

  private static BackingServerStatus troubled(
      @Nullable BackingServerStatus before,
      List<Condition> conditions,
      long generation,
      Ties ties) {
    var old =
        Objects.requireNonNullElse(
            before,
            new BackingServerStatus(
                null, null, null, null, null, null, null, null, null, null, null, null));
    return new BackingServerStatus(
        generation,
        conditions,
        old.endpoint(),
        old.version(),
        old.serverId(),
        old.instanceId(),
        old.timeline(),
        Identity.Role.Unknown.name(),
        old.tls(),
        old.findings(),
        ties.attached,
        ties.debts);
  }

  private static BackingServerStatus answers(
      BackingServer resource, Seen.Answers seen, List<Condition> conditions, Ties ties) {
    var identity = seen.identity();
    boolean same = identified(resource, identity.serverId());
    var before = resource.getStatus();
    return new BackingServerStatus(
        Objects.requireNonNullElse(resource.getMetadata().getGeneration(), 0L),
        conditions,
        new BackingServerStatus.Endpoint(seen.data().host(), seen.data().port()),
        identity.version(),
        same || before == null ? identity.serverId() : before.serverId(),
        identity.instanceId(),
        identity.writable() || before == null ? identity.timeline() : before.timeline(),
        identity.role().name(),
        seen.protection()
            .map(
                p ->
                    new BackingServerStatus.Tls(
                        p.protocol(),
                        Conditions.time(p.notBefore()),
                        Conditions.time(p.notAfter())))
            .orElse(null),
        seen.findings().stream().map(ServerReporter::finding).toList(),
        ties.attached,
        ties.debts);
  }

  private static BackingServerStatus.Finding finding(Finding f) {
    return new BackingServerStatus.Finding(
        f.id().name(), f.severity().name(), f.message(), f.remedy());
  }

  /// Why a server of this engine is not even asked; empty when it is.
  public static Optional<Failure> notServed(BackingServer resource) {
    var engine = resource.getSpec().engine();
    return engine == EngineName.PostgreSQL
        ? Optional.empty()
        : Optional.of(
            new Failure(
                Reason.EngineNotSupported,
                "this operator does not serve %s yet".formatted(engine)));
  }

  /// Whether a server accepts writes that did not when it was last recorded, or is another one.
  public static boolean isNew(BackingServer resource, Identity identity) {
    var before = resource.getStatus();
    return identity.writable()
        && identified(resource, identity.serverId())
        && (before == null
            || !identity.serverId().equals(before.serverId())
            || !identity.timeline().equals(before.timeline()));
  }

  /// The lineage first seen, or the one the platform team accepts.
  static boolean identified(BackingServer resource, String serverId) {
    var before = resource.getStatus();
    if (before == null || before.serverId() == null || before.serverId().equals(serverId))
      return true;
    return serverId.equals(Annotations.read(resource, Annotations.ACCEPT_IDENTITY));
  }
}
