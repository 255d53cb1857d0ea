package dev.backingservice.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/// What the environment says, as `BACKING_…`.
@ConfigMapping(prefix = "backing")
public interface Settings {

  /// Where the operator's own Secrets are; by default the pod's namespace, else
  /// `backing-service-operator`.
  Optional<String> operatorNamespace();

  /// The namespaces whose services are reconciled; by default all.
  Optional<List<String>> namespaces();

  /// Reconciles at once, at least 1.
  @WithDefault("16")
  int reconcileThreads();

  /// How often everything is looked at again, as a GEP-2257 duration; give or take a fifth.
  @WithDefault("10m")
  String driftInterval();

  /// Administrator connections per server, at least 1.
  @WithDefault("4")
  int serverConnections();

  /// Rollouts at once, at least 1.
  @WithDefault("10")
  int rollouts();
}
