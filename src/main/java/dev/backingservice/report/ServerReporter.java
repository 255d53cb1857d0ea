package dev.backingservice.report;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingServerStatus;
import dev.backingservice.api.Condition;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Identity;
import dev.backingservice.plan.ServerFacts;
import dev.backingservice.plan.ServerFacts.Seen;
import dev.backingservice.status.Times;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tells what was seen of one server.
public final class ServerReporter {
  private ServerReporter() {}

  /// What ties services to a server.
  ///
  /// @param attached services attached now
  /// @param debts fences still owed, by services that are there and by those that are gone
  /// @param standbys BackingServers whose accounts it keeps
  public record Ties(int attached, int debts, int standbys) {
    public boolean none() {
      return attached == 0 && debts == 0 && standbys == 0;
    }
  }

  public static BackingServerStatus report(
      BackingServer resource, ServerFacts facts, Ties ties, Instant now) {
    var before = resource.getStatus();
    var was =
        new Conditions(
            before == null || before.conditions() == null ? List.of() : before.conditions());
    long generation = Objects.requireNonNullElse(resource.getMetadata().getGeneration(), 0L);
    var conditions =
        was.write(new ServerJudge(resource, facts, ties).verdicts(), generation, Set.of(), now);
    return switch (facts.seen()) {
      case Seen.Troubled _ -> troubled(before, conditions, generation, ties);
      case Seen.Answers answers ->
          answers(resource, answers, conditions, ties, facts.identified(answers.identity()));
    };
  }

  /// The status as it was, with the word that a bug stands in the way.
  public static BackingServerStatus broken(BackingServer resource, Instant now) {
    var before = resource.getStatus();
    long generation = Objects.requireNonNullElse(resource.getMetadata().getGeneration(), 0L);
    var conditions =
        Conditions.broken(before == null ? null : before.conditions(), generation, now);
    var ties =
        before == null
            ? new Ties(0, 0, 0)
            : new Ties(
                Objects.requireNonNullElse(before.attached(), 0),
                Objects.requireNonNullElse(before.debts(), 0),
                0);
    return troubled(before, conditions, generation, ties);
  }

  /// Since when a server does not answer; the end of time while it does.
  public static Instant unreachableSince(BackingServerStatus status) {
    return Objects.requireNonNullElse(status.conditions(), List.<Condition>of()).stream()
        .filter(c -> c.type().equals("Reachable") && c.status() != Condition.Status.True)
        .map(c -> Times.read(c.lastTransitionTime()))
        .findFirst()
        .orElse(Instant.MAX);
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
      BackingServer resource,
      Seen.Answers seen,
      List<Condition> conditions,
      Ties ties,
      boolean same) {
    var identity = seen.self();
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
}
