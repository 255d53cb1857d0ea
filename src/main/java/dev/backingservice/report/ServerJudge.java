package dev.backingservice.report;

import dev.backingservice.api.Annotations;
import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingServerSpec;
import dev.backingservice.api.Condition.Status;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Labels;
import dev.backingservice.model.Reason;
import dev.backingservice.model.ServerDebt;
import dev.backingservice.plan.Debts;
import dev.backingservice.plan.ServerFacts;
import dev.backingservice.plan.ServerFacts.Seen;
import dev.backingservice.report.ServerReporter.Ties;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Decides what each condition of a server says.
record ServerJudge(BackingServer resource, ServerFacts facts, Ties ties) {
  List<Verdict> verdicts() {
    return Stream.concat(Stream.of(accepted()), seen().stream()).toList();
  }

  private Verdict accepted() {
    if (resource.getMetadata().getDeletionTimestamp() != null)
      return Verdict.no(
          "Accepted",
          new Failure(
              Reason.Terminating,
              "it is being deleted and goes when nothing is left: %d services attached, %d fences owed, %d standbys name it in spec.primary; swap, detach or delete the services, and for a server that never answers again annotate %s: \"%s\""
                  .formatted(ties.attached(), ties.debts(), ties.standbys(), Labels.GONE, gone())));
    var spec = resource.getSpec();
    if (facts.seen() instanceof Seen.Troubled(var failure)
        && failure.reason() == Reason.EngineNotSupported) return Verdict.no("Accepted", failure);
    if (spec.replacedBy() != null)
      return Verdict.no(
          "Accepted",
          new Failure(
              Reason.NotYetSupported,
              "spec.replacedBy is not supported yet and moves nothing: remove it, and set spec.server of each service to %s"
                  .formatted(spec.replacedBy())));
    return Verdict.yes("Accepted", "The spec makes sense.");
  }

  /// The word that forgives what is owed: a predecessor is named by its process, because a copy has
  /// its lineage.
  private String gone() {
    return facts.owed().stream()
        .map(ServerDebt::debt)
        .filter(Debt::predecessor)
        .map(d -> Debts.process(d.attachment(), d.running()))
        .findFirst()
        .orElseGet(() -> lineage(resource));
  }

  private static String lineage(BackingServer resource) {
    return Optional.ofNullable(resource.getStatus()).map(s -> s.serverId()).orElse("");
  }

  private List<Verdict> seen() {
    return switch (facts.seen()) {
      case Seen.Troubled(var failure) ->
          List.of(
              Verdict.no("Reachable", failure),
              Verdict.wait("Identified", Reason.Pending, "Nobody could be asked."),
              Verdict.wait("Writable", Reason.Pending, "Nobody could be asked."),
              Verdict.wait("Secure", Reason.Pending, "Nobody could be asked."),
              Verdict.no("Ready", failure));
      case Seen.Answers answers -> verdicts(answers);
    };
  }

  private List<Verdict> verdicts(Seen.Answers seen) {
    var verdicts = new ArrayList<Verdict>();
    verdicts.add(Verdict.yes("Reachable", "The server answers and its certificate verifies."));
    var identified = identity(seen);
    verdicts.add(identified);
    verdicts.add(writable(seen.self()));
    verdicts.add(secure(seen.findings()));
    verdicts.add(
        identified.status() == Status.True
            ? Verdict.yes("Ready", "The server answers and is the right one.")
            : new Verdict("Ready", identified.status(), identified.reason(), identified.message()));
    return verdicts;
  }

  private Verdict identity(Seen.Answers seen) {
    var serverId = seen.identity().serverId();
    if (facts.identified(seen.identity()) && seen.instances().size() > 1)
      return Verdict.no("Identified", several(seen.instances()));
    if (facts.identified(seen.identity()))
      return Verdict.yes("Identified", "The server is the one first seen.");
    return Verdict.no(
        "Identified",
        new Failure(
            Reason.IdentityChanged,
            "another server (%s) answers under this name: if that is right, annotate %s: \"%s\""
                .formatted(serverId, Annotations.ACCEPT_IDENTITY, serverId)));
  }

  private static Failure several(Set<String> instances) {
    return new Failure(
        Reason.SeveralInstances,
        "%d running servers answer at the addresses of this name (%s): clients may reach any of them; let the name lead to the primary only, or give each server a BackingServer of its own"
            .formatted(instances.size(), String.join(", ", new TreeSet<>(instances))));
  }

  private Verdict writable(Identity identity) {
    var primary = resource.getSpec().primary();
    return identity.writable()
        ? Verdict.yes("Writable", "The server accepts writes.")
        : Verdict.no(
            "Writable",
            new Failure(
                Reason.InRecovery,
                primary == null
                    ? "The server is a standby."
                    : "The server is a standby of %s, which keeps its accounts: services with access ReadOnly attach."
                        .formatted(primary)));
  }

  private Verdict secure(List<Finding> findings) {
    var refuse =
        Optional.ofNullable(resource.getSpec().posture())
            .map(BackingServerSpec.Posture::refuse)
            .orElse(BackingServerSpec.Posture.Refuse.Critical);
    var refused = findings.stream().filter(f -> refuses(refuse, f.severity())).toList();
    if (refused.isEmpty()) return Verdict.yes("Secure", "No finding refuses an attachment.");
    var first = refused.getFirst();
    return Verdict.no(
        "Secure",
        new Failure(
            Reason.PostureRefused,
            "%s: %s; %s".formatted(first.id(), first.message(), first.remedy())));
  }

  private static boolean refuses(
      BackingServerSpec.Posture.Refuse refuse, Finding.Severity severity) {
    return switch (refuse) {
      case Nothing -> false;
      case Critical -> severity == Finding.Severity.Critical;
      case Warning -> true;
    };
  }
}
