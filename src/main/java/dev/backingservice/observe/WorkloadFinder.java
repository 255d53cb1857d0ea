package dev.backingservice.observe;

import dev.backingservice.kube.Projection;
import dev.backingservice.kube.Workload;
import dev.backingservice.kube.Workloads;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Reason;
import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.WorkloadFact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The workloads a service chooses, and those that carry its binding from before.
public final class WorkloadFinder {
  private final Workloads workloads;

  public WorkloadFinder(Workloads workloads) {
    this.workloads = workloads;
  }

  List<WorkloadFact> find(Facts f) {
    var id = f.service().id();
    var facts = new LinkedHashMap<WorkloadKey, WorkloadFact>();
    f.intent()
        .ifPresent(
            i -> {
              for (var selector : i.workloads())
                choose(id.namespace(), selector, projection(f, i, selector), facts);
            });
    for (var key : f.memory().carriers())
      if (!facts.containsKey(key))
        workloads
            .with(id.namespace(), key, w -> leftOver(w, id.name()))
            .ifPresent(fact -> facts.put(key, fact));
    return new ArrayList<>(facts.values());
  }

  private static Projection projection(Facts f, Intent intent, WorkloadSelector selector) {
    return new Projection(
        f.shape().orElse(intent.binding()),
        selector.containers(),
        selector.injection(),
        Projection.KeyFiles.of(f.demandsCertificates()));
  }

  private void choose(
      String namespace,
      WorkloadSelector selector,
      Projection projection,
      Map<WorkloadKey, WorkloadFact> facts) {
    switch (selector.choice()) {
      case WorkloadSelector.Choice.Named(var name) -> {
        var key = new WorkloadKey(selector.kind(), name);
        facts.put(
            key,
            workloads
                .with(namespace, key, w -> chosen(w, projection))
                .orElseGet(() -> absent(key, selector)));
      }
      case WorkloadSelector.Choice.Labelled(var labels) -> {
        workloads.matching(
            namespace,
            selector.kind(),
            labels,
            workload -> facts.putIfAbsent(workload.key(), chosen(workload, projection)));
      }
    }
  }

  private static WorkloadFact chosen(Workload workload, Projection projection) {
    var bindingName = projection.shape().bindingName();
    return new WorkloadFact(
        workload.key(),
        workload.uid(),
        Optional.of(new WorkloadFact.Choice(projection.containers(), projection.injection())),
        workload.epoch(bindingName),
        workload.intact(projection),
        workload.rolledOut(bindingName),
        workload.tooLarge(projection).or(() -> halted(workload)),
        problem(workload, projection));
  }

  private static Optional<Failure> problem(Workload workload, Projection projection) {
    var tooLarge = workload.tooLarge(projection);
    if (tooLarge.isPresent()) return tooLarge;
    var unknown = workload.unknown(projection);
    if (unknown.isEmpty()) return Optional.empty();
    return Optional.of(
        new Failure(
            Reason.ContainerNotFound,
            "%s has no container %s: correct spec.workloads[].containers"
                .formatted(workload.key(), String.join(", ", unknown))));
  }

  private static WorkloadFact absent(WorkloadKey key, WorkloadSelector selector) {
    return new WorkloadFact(
        key,
        "",
        Optional.of(new WorkloadFact.Choice(selector.containers(), selector.injection())),
        0,
        false,
        false,
        Optional.empty(),
        Optional.of(
            new Failure(
                Reason.WorkloadNotFound,
                "%s does not exist: create it, or correct spec.workloads".formatted(key))));
  }

  private static WorkloadFact leftOver(Workload workload, String bindingName) {
    return new WorkloadFact(
        workload.key(),
        workload.uid(),
        Optional.empty(),
        workload.epoch(bindingName),
        false,
        workload.rolledOut(bindingName),
        halted(workload),
        Optional.empty());
  }

  private static Optional<Failure> halted(Workload workload) {
    return workload
        .halted()
        .map(why -> new Failure(Reason.RolloutHalted, "%s %s".formatted(workload.key(), why)));
  }
}
