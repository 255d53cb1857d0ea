package dev.backingservice.report;

import dev.backingservice.api.Condition;
import dev.backingservice.api.Condition.Status;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.Aftermath;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.WorkloadFact;
import dev.backingservice.status.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What the conditions about workloads say.
final class WorkloadJudge {
  /// How long a workload may be missing before somebody has to act: whoever applies a service and
  /// its workloads applies one after the other.
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final Aftermath after;
  private final Facts f;
  private final Optional<Condition> was;
  private final Instant now;

  /// @param was what the condition `Projected` said before
  WorkloadJudge(Aftermath after, Optional<Condition> was, Instant now) {
    this.after = after;
    this.f = after.facts();
    this.was = was;
    this.now = now;
  }

  Verdict projected() {
    if (f.leaving()) return Judge.left(Judge.PROJECTED, f);
    var chosen = f.workloads().stream().filter(w -> w.chosen().isPresent()).toList();
    if (chosen.isEmpty())
      return new Verdict(Judge.PROJECTED, Status.True, Reason.NoWorkloads, "No workload is named.");
    var problem = chosen.stream().flatMap(w -> w.problem().stream()).findFirst();
    if (problem.isPresent()) return inTheWay(problem.get());
    long done = chosen.stream().filter(this::current).count();
    var sentence = "%d of %d workloads carry the binding.".formatted(done, chosen.size());
    return done == chosen.size()
        ? Verdict.yes(Judge.PROJECTED, sentence)
        : Verdict.wait(Judge.PROJECTED, Reason.Pending, sentence);
  }

  private Verdict inTheWay(Failure problem) {
    return problem.reason() == Reason.WorkloadNotFound && !missed()
        ? Verdict.wait(Judge.PROJECTED, problem.reason(), problem.message())
        : Verdict.no(Judge.PROJECTED, problem);
  }

  /// Whether a workload has been missing for longer than its grace.
  private boolean missed() {
    return was.filter(c -> c.reason().equals(Reason.WorkloadNotFound.name()))
        .filter(
            c ->
                c.status() == Status.False
                    || Times.read(c.lastTransitionTime()).plus(GRACE).isBefore(now))
        .isPresent();
  }

  private boolean current(WorkloadFact workload) {
    return workload.intact() && (f.keepsTemplates() || atEpoch(workload));
  }

  private boolean atEpoch(WorkloadFact workload) {
    return after.active().filter(a -> a.epoch() == workload.epoch()).isPresent();
  }

  /// @param holdingOn who still uses the old login long after the cut; empty when nobody does
  Verdict rolledOut(Optional<String> holdingOn) {
    if (f.leaving()) return Judge.left(Judge.ROLLED_OUT, f);
    var chosen = f.workloads().stream().filter(w -> w.chosen().isPresent()).toList();
    if (holdingOn.isPresent())
      return Verdict.no(Judge.ROLLED_OUT, new Failure(Reason.OldSessionsRemain, holdingOn.get()));
    if (chosen.isEmpty())
      return Verdict.wait(
          Judge.ROLLED_OUT,
          Reason.ConsumersUnknown,
          "No workload is named: restart what reads the Secret.");
    if (chosen.stream().anyMatch(w -> current(w) && !atEpoch(w)))
      return Verdict.wait(
          Judge.ROLLED_OUT, Reason.AwaitingRestart, "Pods take the new epoch at their next start.");
    long done = chosen.stream().filter(w -> current(w) && w.rolledOut()).count();
    var halted =
        chosen.stream().filter(w -> !w.rolledOut()).flatMap(w -> w.halted().stream()).findFirst();
    if (halted.isPresent()) return Verdict.no(Judge.ROLLED_OUT, halted.get());
    return done == chosen.size()
        ? Verdict.yes(Judge.ROLLED_OUT, "Every workload runs the current epoch.")
        : Verdict.wait(
            Judge.ROLLED_OUT,
            Reason.RolloutInProgress,
            "%d of %d workloads run the current epoch.".formatted(done, chosen.size()));
  }
}
