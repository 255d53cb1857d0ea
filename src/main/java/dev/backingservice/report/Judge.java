package dev.backingservice.report;

import dev.backingservice.api.Condition.Status;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Published;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Aftermath;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.Outcome;
import dev.backingservice.plan.ServerFact;
import dev.backingservice.plan.Swap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Decides what each condition says.
final class Judge {
  static final String ACCEPTED = "Accepted";
  static final String PROVISIONED = "Provisioned";
  static final String PUBLISHED = "Published";
  static final String PROJECTED = "Projected";
  static final String ROLLED_OUT = "RolledOut";
  static final String AVAILABLE = "Available";
  static final String FENCED = "Fenced";
  static final String READY = "Ready";

  private final Aftermath after;
  private final Facts f;
  private final Optional<Verdict> wasAvailable;
  private final Optional<Verdict> wasProvisioned;
  private final Optional<String> holdingOn;
  private final WorkloadJudge workloads;

  /// @param was what the conditions said before
  /// @param holdingOn who still uses an old login long after the cut; empty when nobody does
  Judge(Aftermath after, Conditions was, Optional<String> holdingOn, Instant now) {
    this.holdingOn = holdingOn;
    this.after = after;
    this.f = after.facts();
    this.wasAvailable = was.verdict(AVAILABLE);
    this.wasProvisioned = was.verdict(PROVISIONED);
    this.workloads = new WorkloadJudge(after, was.before(PROJECTED), now);
  }

  List<Verdict> verdicts() {
    var verdicts =
        new ArrayList<>(
            List.of(
                accepted(),
                provisioned(),
                published(),
                workloads.projected(),
                workloads.rolledOut(holdingOn),
                available(),
                FencedVerdict.of(after)));
    verdicts.add(Readiness.of(after, verdicts));
    return verdicts;
  }

  private Verdict accepted() {
    var refused = after.failures().filter(Readiness::speaksOfAcceptance).findFirst();
    if (refused.isPresent()) return Verdict.no(ACCEPTED, refused.get());
    var consent =
        f.intent().flatMap(i -> f.server(i.place().server())).flatMap(ServerFact::consent);
    if (consent.isPresent()) return Verdict.no(ACCEPTED, consent.get());
    return Verdict.yes(ACCEPTED, "The spec makes sense and the server admits this namespace.");
  }

  private Verdict provisioned() {
    if (f.leaving()) return left(PROVISIONED, f);
    var failed =
        Progress.waiting(after)
            .or(
                () ->
                    after
                        .failures()
                        .filter(failure -> !Readiness.speaksOfAcceptance(failure))
                        .filter(failure -> !saidOfTheSecret(failure))
                        .findFirst())
            .or(this::trouble);
    if (failed.isPresent()) return Verdict.no(PROVISIONED, failed.get());
    if (after.swap().underWay())
      return Verdict.wait(PROVISIONED, Reason.Swapping, Progress.phase(after.swap()));
    var given = Progress.givenUp(after);
    if (given.isPresent()) return Verdict.no(PROVISIONED, given.get());
    var beyond = beyond();
    if (beyond.isPresent()) return Verdict.no(PROVISIONED, beyond.get());
    boolean givenUp =
        after.swap() instanceof Swap.Aborted; // a renewal, where the place is as asked
    if (after.attachedAsAsked() && !givenUp)
      return Verdict.yes(
          PROVISIONED,
          f.given()
              ? "The server verifies, and does what can be asked of it with the account that its provider keeps."
              : "Role and grants stand, and a login with the credential succeeded.");
    return Verdict.wait(
        PROVISIONED,
        Reason.Pending,
        after
            .active()
            .map(active -> Progress.behind(after, active))
            .orElse("Nothing was provisioned yet."));
  }

  /// That the credential in force holds more than its level says. It is published all the same:
  /// nobody is helped by an application without a database.
  private Optional<Failure> beyond() {
    if (f.login().orElse(null) instanceof Facts.Login.LetIn(_, var seen)) return seen;
    var knocked =
        after.active().stream()
            .flatMap(this::knocks)
            .map(Outcome::result)
            .filter(Outcome.Result.LetIn.class::isInstance)
            .map(Outcome.Result.LetIn.class::cast)
            .findFirst();
    return knocked.isPresent() ? knocked.get().beyond() : believed();
  }

  /// What was said stands until the next try.
  private Optional<Failure> believed() {
    return wasProvisioned
        .filter(was -> was.message().contains(Access.EXCEEDED) && after.attachedAsAsked())
        .map(was -> new Failure(was.reason(), was.message()));
  }

  /// Whether the condition of the Secret says it.
  private boolean saidOfTheSecret(Failure failure) {
    return failure.reason() == Reason.SecretNotOwned && f.published() instanceof Published.Foreign;
  }

  private Optional<Failure> trouble() {
    return f.intent().flatMap(i -> f.server(i.place().server())).flatMap(ServerFact::trouble);
  }

  private Verdict published() {
    if (f.leaving()) return left(PUBLISHED, f);
    if (f.published() instanceof Published.Foreign)
      return Verdict.no(
          PUBLISHED,
          new Failure(
              Reason.SecretNotOwned,
              "a Secret of the binding's name exists and is not ours: delete it, or set binding.secretName"));
    return after
        .active()
        .map(
            a ->
                !f.published(a) && !after.did(Action.Publish.class)
                    ? Verdict.wait(
                        PUBLISHED,
                        Reason.Pending,
                        "The binding Secret is missing or was edited: it is written again when the credential works on %s."
                            .formatted(a.server()))
                    : Verdict.yes(
                        PUBLISHED,
                        "The binding leads to %s, epoch %d.".formatted(a.server(), a.epoch())))
        .orElse(Verdict.wait(PUBLISHED, Reason.Pending, "There is no binding yet."));
  }

  private Verdict available() {
    var active = after.active();
    if (active.isEmpty())
      return Verdict.wait(AVAILABLE, Reason.Pending, "There is no binding yet.");
    var silent = f.server(active.get().server()).filter(ServerFact::silent);
    if (silent.isPresent()) return Verdict.no(AVAILABLE, silent.get().trouble().orElseThrow());
    var stranger = f.server(active.get().server()).filter(ServerFact::stranger);
    if (stranger.isPresent())
      return Verdict.wait(
          AVAILABLE,
          Reason.IdentityChanged,
          "another server answers under the name of %s: whether the credential works on the one it was made for cannot be seen"
              .formatted(active.get().server()));
    if (f.login().orElse(null) instanceof Facts.Login.TurnedAway(var failure))
      return Verdict.no(AVAILABLE, failure);
    if (f.login().orElse(null) instanceof Facts.Login.Full(var failure))
      return new Verdict(AVAILABLE, Status.True, Reason.Available, failure.message());
    var refused = refused(active.get());
    if (refused.isPresent()) return Verdict.no(AVAILABLE, refused.get());
    if (f.login().isPresent() || knocked(active.get()))
      return Verdict.yes(
          AVAILABLE,
          f.given()
              ? "The last try with the published binding succeeded."
              : "The last login with the published credential succeeded.");
    return wasAvailable.orElse(
        Verdict.wait(AVAILABLE, Reason.Pending, "The credential was not tried yet."));
  }

  /// What the server said just now to a login with the published credential.
  private Optional<Failure> refused(Attachment active) {
    return knocks(active)
        .flatMap(o -> o.result().refusal().stream())
        .filter(failure -> failure.reason() == Reason.LoginRefused)
        .findFirst();
  }

  private boolean knocked(Attachment active) {
    return knocks(active).anyMatch(Outcome::done);
  }

  private Stream<Outcome> knocks(Attachment active) {
    return f.outcomes().stream()
        .filter(o -> o.action() instanceof Action.Knock(var at) && at.equals(active));
  }

  /// What a service says of a step while nothing of it is to be left.
  static Verdict left(String type, Facts f) {
    return f.service().life() == Facts.Life.Deleting
        ? new Verdict(type, Status.False, Reason.Detaching, "The service is being deleted.")
        : new Verdict(
            type,
            Status.False,
            Reason.Detached,
            "spec.state is Detached: set it to Attached to attach again.");
  }
}
