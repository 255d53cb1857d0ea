package dev.backingservice.act;

import dev.backingservice.kube.Projection;
import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.Rollouts;
import dev.backingservice.kube.Workload;
import dev.backingservice.kube.WorkloadPatch;
import dev.backingservice.kube.WorkloadRefusals;
import dev.backingservice.kube.Workloads;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.WorkloadSelector;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.Outcome.Result;
import dev.backingservice.plan.WorkloadFact;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// What is written into workloads.
public final class OnWorkloads {
  private final Workloads workloads;
  private final Rollouts rollouts;

  public OnWorkloads(Workloads workloads, Rollouts rollouts) {
    this.workloads = workloads;
    this.rollouts = rollouts;
  }

  /// Whoever has rolled out, or will not by itself, gives its turn back.
  void settled(Facts f) {
    for (var workload : f.workloads())
      if (workload.rolledOut() || workload.halted().isPresent()) rollouts.end(workload.uid());
  }

  Result project(Facts f, WorkloadFact fact, long epoch) {
    return f.shape()
        .flatMap(shape -> project(f, fact, projection(f, shape, fact), epoch))
        .orElseGet(
            () ->
                new Result.Failed(
                    new Failure(Reason.WorkloadNotFound, fact.key() + " does not exist any more")));
  }

  private Optional<Result> project(Facts f, WorkloadFact fact, Projection projection, long epoch) {
    var namespace = f.service().id().namespace();
    return workloads
        .with(namespace, fact.key(), w -> projecting(namespace, fact, w, projection, epoch))
        .map(Supplier::get);
  }

  /// What is to be done once the workload is not in memory any more.
  private Supplier<Result> projecting(
      String namespace, WorkloadFact fact, Workload found, Projection projection, long epoch) {
    var tooLarge = found.tooLarge(projection);
    if (tooLarge.isPresent()) return () -> new Result.Failed(tooLarge.get());
    var patch = WorkloadPatch.of(namespace, found, projection, epoch);
    return () -> apply(fact, patch);
  }

  private Result apply(WorkloadFact fact, WorkloadPatch patch) {
    if (rolls(fact) && !rollouts.begin(patch.namespace(), patch.uid())) return waiting(fact);
    try {
      workloads.apply(patch);
      return new Result.Done();
    } catch (KubernetesClientException e) {
      rollouts.end(patch.uid());
      if (Refusals.ownedByOthers(e))
        return new Result.Failed(WorkloadRefusals.failure(fact.key(), e));
      throw e;
    }
  }

  /// A CronJob starts no pods when its template changes, nor does a rollout that is halted.
  private static boolean rolls(WorkloadFact fact) {
    return fact.key().kind() != WorkloadSelector.Kind.CronJob && fact.halted().isEmpty();
  }

  private Result waiting(WorkloadFact fact) {
    return new Result.Unclear(
        new Failure(
            Reason.Pending,
            "%s waits for its turn: %d workloads roll at once"
                .formatted(fact.key(), rollouts.atOnce())));
  }

  private static Projection projection(Facts f, BindingShape shape, WorkloadFact fact) {
    var containers = fact.chosen().map(WorkloadFact.Choice::containers).orElse(Set.of());
    var injection =
        fact.chosen().map(WorkloadFact.Choice::injection).orElse(WorkloadSelector.Injection.Full);
    return new Projection(
        shape, containers, injection, Projection.KeyFiles.of(f.demandsCertificates()));
  }

  Result withdraw(Facts f, WorkloadFact fact) {
    var id = f.service().id();
    workloads.with(id.namespace(), fact.key(), w -> withdrawal(id, w)).ifPresent(workloads::apply);
    return new Result.Done();
  }

  private static WorkloadPatch withdrawal(ServiceId id, Workload workload) {
    return WorkloadPatch.withdrawal(id.namespace(), workload, id.name());
  }
}
