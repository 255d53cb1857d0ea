package dev.backingservice.observe;

import dev.backingservice.binding.BindingSecret;
import dev.backingservice.kube.Projection;
import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.Secrets;
import dev.backingservice.kube.Workload;
import dev.backingservice.kube.WorkloadPatch;
import dev.backingservice.kube.WorkloadRefusals;
import dev.backingservice.kube.Workloads;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.Published;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.WorkloadFact;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.function.Supplier;

/// The writes of a swap into the cluster, as dry runs: what the API server refuses is known before
/// the fence.
public final class Rehearsal {
  /// The workloads that are rehearsed at most: each is a request.
  private static final int WORKLOADS = 50;

  private final Secrets secrets;
  private final Workloads workloads;

  public Rehearsal(Secrets secrets, Workloads workloads) {
    this.secrets = secrets;
    this.workloads = workloads;
  }

  /// Why the binding Secret or a workload could not be written. Nobody waits for a workload while
  /// the old server does not answer: its pods are without a server already.
  Optional<Failure> refusal(Facts f) {
    var refused = secret(f, f.intent().orElseThrow());
    boolean answers = f.active().map(Attachment::server).flatMap(f::answer).isPresent();
    return refused.isPresent() || !answers ? refused : workload(f);
  }

  private Optional<Failure> secret(Facts f, Intent intent) {
    var name = intent.binding().secretName();
    return switch (f.published()) {
      case Published.None _ -> Optional.empty();
      case Published.Foreign _ ->
          taken("a Secret named %s exists and is not ours: delete it".formatted(name));
      case Published.Edited _, Published.Binding _ ->
          secrets
              .find(f.service().id().namespace(), name)
              .flatMap(secret -> secret(secret, intent.place()));
    };
  }

  private Optional<Failure> secret(Secret secret, Place place) {
    var name = secret.getMetadata().getName();
    if (Boolean.TRUE.equals(secret.getImmutable()))
      return taken("the Secret %s is immutable: delete it".formatted(name));
    try {
      secrets.rehearse(BindingSecret.rehearsal(secret, place));
      return Optional.empty();
    } catch (KubernetesClientException e) {
      if (Refusals.conflict(e) || !Refusals.definite(e)) return pending("the Secret " + name, e);
      return taken("the Secret %s cannot be written: %s".formatted(name, Refusals.said(e)));
    }
  }

  private static Optional<Failure> taken(String sentence) {
    return Optional.of(new Failure(Reason.SecretNotOwned, sentence));
  }

  private static Optional<Failure> pending(String what, KubernetesClientException e) {
    return Optional.of(
        new Failure(
            Reason.Pending,
            "%s cannot be written now (%s): it is tried again".formatted(what, Refusals.said(e))));
  }

  /// One that is too large would stay behind with the old login.
  private Optional<Failure> workload(Facts f) {
    var tooLarge =
        f.workloads().stream()
            .filter(w -> w.chosen().isPresent() && w.carries())
            .flatMap(w -> w.problem().stream())
            .filter(problem -> problem.reason() == Reason.WorkloadTooLarge)
            .findFirst();
    return tooLarge.isPresent() ? tooLarge : rehearsed(f);
  }

  private Optional<Failure> rehearsed(Facts f) {
    return f.workloads().stream()
        .filter(w -> w.chosen().isPresent() && w.problem().isEmpty())
        .filter(w -> !f.keepsTemplates() || !w.intact())
        .limit(WORKLOADS)
        .flatMap(w -> workload(f, w).stream())
        .findFirst();
  }

  private Optional<Failure> workload(Facts f, WorkloadFact fact) {
    var namespace = f.service().id().namespace();
    var choice = fact.chosen().orElseThrow();
    return workloads
        .with(namespace, fact.key(), found -> rehearsing(f, namespace, found, choice))
        .flatMap(Supplier::get);
  }

  /// What is to be asked once the workload is not in memory any more.
  private Supplier<Optional<Failure>> rehearsing(
      Facts f, String namespace, Workload workload, WorkloadFact.Choice choice) {
    var projection =
        new Projection(
            f.shape().orElseThrow(),
            choice.containers(),
            choice.injection(),
            Projection.KeyFiles.of(f.demandsCertificates()));
    var tooLarge = workload.tooLarge(projection);
    if (tooLarge.isPresent()) return () -> tooLarge;
    var patch = WorkloadPatch.of(namespace, workload, projection, f.greatestEpoch() + 1);
    return () -> rehearsed(patch);
  }

  private Optional<Failure> rehearsed(WorkloadPatch patch) {
    try {
      workloads.rehearse(patch);
      return Optional.empty();
    } catch (KubernetesClientException e) {
      boolean passing = Refusals.conflict(e) && !Refusals.ownedByOthers(e);
      return Refusals.definite(e) && !passing
          ? Optional.of(WorkloadRefusals.failure(patch.key(), e))
          : pending(patch.key().toString(), e);
    }
  }
}
