package dev.backingservice;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import java.util.Map;
import java.util.Set;

/// The methods that change something outside.
final class Writing {
  private static final Map<String, Set<String>> BY_CLASS =
      Map.of(
          "dev.backingservice.engine.Session", Set.of("ensure", "sever", "createDatabase"),
          "dev.backingservice.kube.Secrets", Set.of("create", "replace", "delete"),
          "dev.backingservice.kube.Workloads", Set.of("project", "withdraw"),
          "dev.backingservice.kube.Resources", Set.of("recordStatus", "annotate"));

  static final DescribedPredicate<JavaMethodCall> METHODS =
      DescribedPredicate.describe(
          "change servers or Kubernetes",
          call ->
              BY_CLASS
                  .getOrDefault(call.getTargetOwner().getFullName(), Set.of())
                  .contains(call.getName()));

  private Writing() {}
}
