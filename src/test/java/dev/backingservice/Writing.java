package dev.backingservice;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import java.util.Map;
import java.util.Set;

/// The methods that change something outside.
final class Writing {
  private static final Map<String, Set<String>> BY_CLASS =
      Map.of(
          "dev.backingservice.engine.Session",
              Set.of("ensure", "sever", "createMissing", "lockStrangers", "drop"),
          "dev.backingservice.kube.Secrets", Set.of("create", "replace", "delete"),
          "dev.backingservice.kube.Workloads", Set.of("project", "withdraw"),
          "dev.backingservice.kube.Events", Set.of("tell"),
          "dev.backingservice.kube.Leases", Set.of("release"),
          "dev.backingservice.kube.Resources",
              Set.of("recordStatus", "annotate", "forgetOnServer"));

  static final DescribedPredicate<JavaMethodCall> METHODS =
      DescribedPredicate.describe(
          "change servers or Kubernetes",
          call ->
              BY_CLASS
                  .getOrDefault(call.getTargetOwner().getFullName(), Set.of())
                  .contains(call.getName()));

  /// The client's own writing methods.
  private static final Set<String> WRITES =
      Set.of(
          "create",
          "createOr",
          "update",
          "patch",
          "patchStatus",
          "edit",
          "editStatus",
          "replace",
          "serverSideApply",
          "delete",
          "createOrReplace");

  static final DescribedPredicate<JavaMethodCall> TO_THE_API_SERVER =
      DescribedPredicate.describe(
          "write to the API server",
          call ->
              call.getTargetOwner().getPackageName().startsWith("io.fabric8.kubernetes.client")
                  && WRITES.contains(call.getName()));

  private Writing() {}
}
