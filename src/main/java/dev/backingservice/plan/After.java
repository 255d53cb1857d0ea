package dev.backingservice.plan;

import java.util.List;
import java.util.Optional;

/// The facts as they are after the actions, as far as that is known without looking again.
final class After {
  private After() {}

  static Facts of(Facts before, List<Outcome> outcomes) {
    var workloads = before.workloads().stream().map(w -> after(w, outcomes)).toList();
    return before.with(outcomes).withWorkloads(workloads);
  }

  private static WorkloadFact after(WorkloadFact workload, List<Outcome> outcomes) {
    for (var outcome : outcomes) {
      switch (outcome.action()) {
        case Action.Project(var w, long epoch) when w.key().equals(workload.key()) -> {
          return projected(workload, outcome, epoch);
        }
        case Action.Withdraw(var w) when w.key().equals(workload.key()) && outcome.done() -> {
          return with(workload, 0, false);
        }
        default -> {}
      }
    }
    return workload;
  }

  private static WorkloadFact projected(WorkloadFact workload, Outcome outcome, long epoch) {
    if (outcome.done()) return with(workload, epoch, true);
    return new WorkloadFact(
        workload.key(),
        workload.uid(),
        workload.chosen(),
        workload.epoch(),
        false,
        false,
        workload.halted(),
        outcome.result().refusal());
  }

  private static WorkloadFact with(WorkloadFact w, long epoch, boolean intact) {
    return new WorkloadFact(
        w.key(), w.uid(), w.chosen(), epoch, intact, false, w.halted(), Optional.empty());
  }
}
