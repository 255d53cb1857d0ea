package dev.backingservice.kube;

import dev.backingservice.model.Failure;
import dev.backingservice.model.Labels;
import dev.backingservice.model.Reason;
import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector.Kind;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.List;
import java.util.Optional;

/// One workload as the API server has it.
///
/// @param version the resource version; empty of one that is too large
/// @param whole whether it was read whole; of one that is too large only the names and the epochs
/// in its template are known
/// @param managed who owns which fields
public record Workload(
    WorkloadKey key,
    String uid,
    String version,
    boolean whole,
    PodTemplateSpec template,
    List<ManagedFieldsEntry> managed,
    RolloutStatus status) {

  /// Why it is not given a binding: it was not read whole, or would get more than an object should
  /// hold.
  public Optional<Failure> tooLarge(Projection projection) {
    if (!whole)
      return tooLarge(
          "is longer than %d KiB as JSON, with managed fields and status, and is not read: take something out of its environment, labels or annotations"
              .formatted(WorkloadReader.LONGEST / 1024));
    if (projection.fits(template)) return Optional.empty();
    return tooLarge(
        "has so many containers that their variables would have more than %d KiB: choose fewer in spec.workloads[].containers, or fewer variables in spec.inject.env"
            .formatted(Projection.LONGEST / 1024));
  }

  private Optional<Failure> tooLarge(String why) {
    return Optional.of(new Failure(Reason.WorkloadTooLarge, key + " " + why));
  }

  /// Whether each of these fields is one of a projection by its name, whoever wrote it last.
  ///
  /// @param fields as in `status.details.causes[].field`
  boolean ours(Projection projection, List<String> fields) {
    return whole && fields.stream().allMatch(field -> projection.ours(field, template));
  }

  /// The epoch of a binding in its template, 0 when it carries none.
  public long epoch(String bindingName) {
    return Projection.epoch(bindingName, template);
  }

  /// Whether everything of a projection is there and ours, and nothing else is ours.
  public boolean intact(Projection projection) {
    var manager = Labels.binding(projection.shape().bindingName());
    return whole
        && projection.fits(template)
        && projection.intact(template, OwnedFields.read(managed, manager, key.kind()));
  }

  /// The chosen containers that it does not have.
  public List<String> unknown(Projection projection) {
    return whole ? projection.unknown(template) : List.of();
  }

  static String apiVersion(Kind kind) {
    return kind == Kind.CronJob ? "batch/v1" : "apps/v1";
  }

  /// Where the pod template is.
  static List<String> path(Kind kind) {
    return kind == Kind.CronJob
        ? List.of("spec", "jobTemplate", "spec", "template")
        : List.of("spec", "template");
  }

  /// Whether every pod runs the template of a binding.
  public boolean rolledOut(String bindingName) {
    return whole && status.done(OwnedFields.changed(managed, Labels.binding(bindingName)));
  }

  /// Why its pods will not come to run the template by themselves; empty when they will.
  public Optional<String> halted() {
    return whole ? status.halted() : Optional.empty();
  }
}
