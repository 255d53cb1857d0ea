package dev.backingservice.report;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Aftermath;
import dev.backingservice.plan.Debts;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Fences;
import dev.backingservice.plan.FoundLogins;
import dev.backingservice.plan.Memory;
import dev.backingservice.plan.Outcome;
import dev.backingservice.plan.Overlaps;
import dev.backingservice.plan.Promotions;
import dev.backingservice.plan.ServerFact;
import dev.backingservice.plan.Swap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Whether an older credential of a service can still write anywhere.
final class FencedVerdict {
  private final Aftermath after;

  private FencedVerdict(Aftermath after) {
    this.after = after;
  }

  static Verdict of(Aftermath after) {
    var verdict = new FencedVerdict(after);
    if (!after.facts().fences()) return verdict.atTheProvider();
    return Stream.<Supplier<Optional<Verdict>>>of(
            verdict::kept,
            verdict::owed,
            verdict::unsettled,
            verdict::unasked,
            verdict::draining,
            verdict::aborted,
            verdict::moved,
            verdict::overlapping,
            verdict::unproven,
            verdict::stray)
        .flatMap(rule -> rule.get().stream())
        .findFirst()
        .orElseGet(verdict::fenced);
  }

  private Verdict fenced() {
    return Verdict.yes(
        Judge.FENCED, "No older credential of this service can write anywhere" + word() + ".");
  }

  /// On whose word it is so.
  private String word() {
    return after.facts().servers().values().stream()
        .filter(s -> s.admission().trusted())
        .map(ServerFact::name)
        .sorted()
        .findFirst()
        .map("; the cluster of %s is trusted to fence its own (spec.promotions: Trust)"::formatted)
        .orElse("");
  }

  /// Where the tenant hands the credential over, an older one works until its provider takes it
  /// back.
  private Verdict atTheProvider() {
    var memory = after.memory();
    long epoch = after.active().map(Attachment::epoch).orElse(Long.MAX_VALUE);
    if (memory.greatestEpoch() == 0 || epoch == 1) return fenced();
    return overlapping()
        .orElseGet(
            () ->
                Verdict.wait(
                    Judge.FENCED,
                    Reason.NotSupported,
                    "%s keeps its accounts itself, and an older credential of this service may work there: withdraw it at the provider, if it is not the one in force"
                        .formatted(left())));
  }

  /// The server whose credential was given up last.
  private String left() {
    var retained = after.memory().retained().stream().map(r -> r.attachment().server());
    var left = after.swap().lastMotion().stream().map(m -> m.from().server());
    return Stream.concat(retained, left)
        .findFirst()
        .or(() -> after.active().map(Attachment::server))
        .orElse("the server");
  }

  private Optional<Verdict> owed() {
    var debts = after.memory().debts();
    if (debts.isEmpty()) return Optional.empty();
    var first = debts.getFirst();
    var message =
        Debts.byPredecessor(after.facts(), first)
            ? promoted(first)
            : Debts.elsewhere(after.facts(), first) ? elsewhere(first) : first.message();
    return Optional.of(Verdict.no(Judge.FENCED, new Failure(reason(first), message + more(debts))));
  }

  /// What a deletion could not hand over to the server that owes it.
  private Optional<Verdict> kept() {
    return after.facts().outcomes().stream()
        .filter(o -> o.action() instanceof Action.HandOver)
        .flatMap(o -> o.result().refusal().stream())
        .map(failure -> Verdict.no(Judge.FENCED, failure))
        .findFirst();
  }

  /// An older login that was found and could not be fenced, whoever remembers it.
  private Optional<Verdict> unsettled() {
    return after.facts().outcomes().stream()
        .filter(o -> o.action() instanceof Action.Settle && !o.done())
        .map(o -> unsettled((Action.Settle) o.action(), o))
        .findFirst();
  }

  private static Verdict unsettled(Action.Settle settle, Outcome outcome) {
    var why = outcome.result().refusal().map(f -> ": " + f.message()).orElse("");
    return fencing(settle.attachment(), settle.server(), why);
  }

  private static Verdict fencing(Attachment old, String server, String why) {
    return Verdict.no(
        Judge.FENCED,
        new Failure(
            Reason.SessionsRemain,
            "the old login %s on %s is being fenced%s".formatted(old.login(), server, why)));
  }

  private static String promoted(Debt debt) {
    return "a copy of %s was promoted under its name; the predecessor may be alive and still owes the fence: stop it, and annotate the BackingServer backingservice.dev/gone: \"%s\""
        .formatted(debt.server(), Debts.process(debt.attachment(), debt.running()));
  }

  private static String elsewhere(Debt debt) {
    return "the name %s leads to the active server now, and the one that it led to may still let %s in: stop it, and annotate the BackingServer backingservice.dev/gone: \"%s\""
        .formatted(
            debt.server(),
            debt.attachment().login(),
            Debts.process(debt.attachment(), debt.running()));
  }

  private Reason reason(Debt debt) {
    if (Debts.byPredecessor(after.facts(), debt)) return Reason.HostMoved;
    return after.swap().fenceProof().map(FenceProof::result).orElse(null)
            == FenceProof.Result.SessionsRemain
        ? Reason.SessionsRemain
        : Reason.OldServerUnreachable;
  }

  private static String more(List<Debt> debts) {
    return debts.size() == 1 ? "" : " (and %d more)".formatted(debts.size() - 1);
  }

  private Optional<Verdict> unasked() {
    if (after.facts().forgotten() && after.memory().isBlank())
      return Optional.of(
          Verdict.wait(
              Judge.FENCED, Reason.Pending, "Not every server was asked for an older login yet."));
    var silent = after.memory().unasked();
    if (silent.isEmpty()) return Optional.empty();
    return Optional.of(
        Verdict.wait(
            Judge.FENCED,
            Reason.OldServerUnreachable,
            "what is recorded of this service is not complete, and an older login may work on %s: the servers named do not answer, are standbys or have not been dealt with"
                .formatted(String.join(", ", silent))));
  }

  /// A detachment or deletion whose sessions do not end.
  private Optional<Verdict> draining() {
    if (!after.facts().leaving()) return Optional.empty();
    return after.facts().outcomes().stream()
        .filter(o -> o.action() instanceof Action.Fence)
        .filter(o -> o.result() instanceof Outcome.Result.Draining)
        .map(o -> (Action.Fence) o.action())
        .map(
            fence ->
                Verdict.no(
                    Judge.FENCED,
                    new Failure(
                        Reason.SessionsRemain,
                        "sessions or prepared transactions of %s on %s do not end: end them there, the operator goes on when they are gone"
                            .formatted(fence.logins().getFirst().login(), fence.server()))))
        .findFirst();
  }

  private Optional<Verdict> aborted() {
    return after.swap() instanceof Swap.Aborted(_, var proof, var why, _)
            && proof.result() == FenceProof.Result.SessionsRemain
        ? Optional.of(
            Verdict.no(
                Judge.FENCED,
                new Failure(Reason.SessionsRemain, why + "; the old server is in force again")))
        : Optional.empty();
  }

  private Optional<Verdict> overlapping() {
    return Overlaps.until(after.facts(), after.swap())
        .map(
            until ->
                Verdict.wait(
                    Judge.FENCED,
                    Reason.Overlap,
                    (after.facts().fences()
                            ? "The old and the new credential both work on this server until %s at least, and until the old one has no session."
                            : "The old and the new credential are both taken for good until %s: withdraw the old account at its provider then.")
                        .formatted(Conditions.time(until))));
  }

  private Optional<Verdict> moved() {
    return after.memory().retained().stream()
        .flatMap(r -> moved(r).stream())
        .findFirst()
        .map(sentence -> Verdict.wait(Judge.FENCED, Reason.HostMoved, sentence));
  }

  private Optional<String> moved(Memory.Retained retained) {
    var server = retained.attachment().server();
    if (Promotions.putBack(after.facts(), retained))
      return Optional.of(
          "an older state of %s was put back: the old login is fenced there again"
              .formatted(server));
    if (Promotions.behindItsName(after.facts(), retained))
      return Optional.of(
          "%s was promoted behind its name: make sure that its predecessor is stopped, the old login may work there"
              .formatted(server));
    return after
        .facts()
        .server(server)
        .filter(ServerFact::stranger)
        .map(
            _ ->
                "another server answers under the name of %s: whether the old login is locked there cannot be seen"
                    .formatted(server));
  }

  /// A former login that works, has sessions, or was never proven to be fenced.
  private Optional<Verdict> unproven() {
    return after.memory().retained().stream()
        .filter(r -> Fences.mayLogIn(after.facts(), r))
        .map(Memory.Retained::attachment)
        .map(
            at ->
                after.facts().answer(at.server()).isPresent()
                    ? fencing(at, at.server(), "")
                    : Verdict.wait(
                        Judge.FENCED,
                        Reason.OldServerUnreachable,
                        "%s does not answer: whether the old login is locked there cannot be seen"
                            .formatted(at.server())))
        .findFirst();
  }

  /// A login that works, though nothing is owed and nobody speaks of it.
  private Optional<Verdict> stray() {
    return FoundLogins.stray(after.facts())
        .map(
            found ->
                Verdict.no(
                    Judge.FENCED,
                    new Failure(
                        Reason.SessionsRemain,
                        "%s of an earlier attachment works on %s: it is fenced as soon as the spec and the server allow it"
                            .formatted(found.attachment().login(), found.server()))));
  }
}
