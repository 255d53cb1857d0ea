package dev.backingservice.report;

import dev.backingservice.api.Condition;
import dev.backingservice.api.Condition.Status;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.Aftermath;
import dev.backingservice.plan.Debts;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Memory;
import dev.backingservice.plan.Motion;
import dev.backingservice.plan.Swap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Events, on transitions only.
final class Notices {
  private final Aftermath after;
  private final Memory before;
  private final Optional<String> holdingOn;
  private final List<Notice> notices = new ArrayList<>();

  private Notices(Aftermath after, Optional<String> holdingOn) {
    this.holdingOn = holdingOn;
    this.after = after;
    this.before = after.plan().facts().memory();
  }

  /// @param holdingOn who still uses an old login long after the cut; empty when nobody does
  static List<Notice> of(
      Aftermath after, Verdict ready, Conditions was, Optional<String> holdingOn) {
    var notices = new Notices(after, holdingOn);
    notices.attachment();
    notices.swap();
    notices.debts();
    notices.holdingOn(was);
    notices.trouble(ready, was.before(Judge.READY));
    return notices.notices;
  }

  private void attachment() {
    var active = after.active();
    if (before.active().isEmpty() && active.isPresent())
      notices.add(
          Notice.normal(
              "Attached",
              "Attached to %s as %s, epoch %d."
                  .formatted(active.get().server(), active.get().login(), active.get().epoch())));
    if (before.active().isPresent() && active.isEmpty())
      notices.add(Notice.normal("Detached", detached()));
  }

  private String detached() {
    if (after.facts().given())
      return "The binding was withdrawn; its account works until the provider withdraws it.";
    return after.memory().debts().isEmpty()
        ? "The binding was withdrawn and its login locked."
        : "The binding was withdrawn; the fence is still owed to its server.";
  }

  private void swap() {
    if (after.swap().equals(before.swap())) return;
    switch (after.swap()) {
      case Swap.Prepare(var m, _) ->
          notices.add(Notice.normal("SwapStarted", "Swapping from " + way(m) + "."));
      case Swap.Cut(var m, var proof) -> {
        if (m.fencePoint() != Motion.FencePoint.AfterOverlap) notices.add(fenced(m, proof));
      }
      case Swap.Roll(var m, _, _) -> cut(m);
      case Swap.Retire(var m, _, _, _) -> notices.add(Notice.normal("SwapCompleted", completed(m)));
      case Swap.Aborting(_, _, var why) ->
          notices.add(Notice.warning("SwapAborting", "Going back: " + why + "."));
      case Swap.Aborted(var m, _, var why, _) ->
          notices.add(
              Notice.warning(
                  "SwapAborted", "%s stays in force: %s.".formatted(m.from().server(), why)));
      case Swap.Overlap(var m, _, _)
          when m.from().serverId().equals(m.to().serverId()) && !after.facts().given() ->
          notices.add(
              Notice.normal(
                  "OverlapStarted",
                  "%s keeps working beside %s until nobody uses it."
                      .formatted(m.from().login(), m.to().login())));
      case Swap.Settled _, Swap.Fence _, Swap.Verify _, Swap.Overlap _ -> {}
    }
  }

  private String completed(Motion m) {
    return named()
        ? "Every workload runs on %s.".formatted(m.to().server())
        : "The binding leads to %s; no workload is named.".formatted(m.to().server());
  }

  private boolean named() {
    return after.facts().workloads().stream().anyMatch(w -> w.chosen().isPresent());
  }

  static String way(Motion m) {
    return m.from().server().equals(m.to().server())
        ? "%s to a new login on %s".formatted(m.from().login(), m.to().server())
        : m.from().server() + " to " + m.to().server();
  }

  private static Notice fenced(Motion m, FenceProof proof) {
    if (proof.result() == FenceProof.Result.NotSupported)
      return Notice.warning(
          Reason.NotSupported.name(),
          "%s keeps its accounts itself: %s works there until its provider withdraws it."
              .formatted(m.from().server(), m.from().login()));
    var note =
        "Fence on %s: %s, %d sessions ended."
                .formatted(m.from().server(), proof.result(), proof.sessionsEnded())
            + left(m, proof);
    return proof.owes() ? Notice.warning("FenceOwed", note) : Notice.normal("Fenced", note);
  }

  private static String left(Motion m, FenceProof proof) {
    long left = proof.messagesLeft().orElse(0);
    return left == 0
        ? ""
        : " %d messages stay on %s: move them, or let a consumer of your own fetch them."
            .formatted(left, m.from().server());
  }

  private void cut(Motion m) {
    notices.add(
        Notice.normal(
            "Swapped",
            "The binding switched from %s, epoch %d.".formatted(way(m), m.to().epoch())));
    if (!named())
      notices.add(
          Notice.warning(
              "ConsumersUnknown", "No workload is named: restart what reads the Secret yourself."));
  }

  private void debts() {
    for (var debt : before.debts())
      if (after.memory().debts().stream().noneMatch(debt::same))
        notices.add(
            Debts.forgiven(after.facts(), debt)
                ? over(
                    debt, "DebtForgiven", "is owed nothing: the server is said to be gone for ever")
                : over(debt, "DebtSettled", "was fenced after all"));
  }

  /// Once, when the condition begins to say so.
  private void holdingOn(Conditions was) {
    var before =
        was.before(Judge.ROLLED_OUT)
            .filter(c -> c.reason().equals(Reason.OldSessionsRemain.name()));
    if (before.isEmpty())
      holdingOn.ifPresent(who -> notices.add(Notice.warning(Reason.OldSessionsRemain.name(), who)));
  }

  private static Notice over(Debt debt, String reason, String what) {
    return Notice.normal(
        reason, "%s on %s %s.".formatted(debt.attachment().login(), debt.server(), what));
  }

  private void trouble(Verdict ready, Optional<Condition> was) {
    if (ready.status() != Status.False || after.facts().leaving()) return;
    if (was.filter(c -> c.reason().equals(ready.reason().name())).isPresent()) return;
    notices.add(Notice.warning(ready.reason().name(), ready.message()));
  }
}
