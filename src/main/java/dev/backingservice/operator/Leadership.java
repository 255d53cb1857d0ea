package dev.backingservice.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Objects;
import java.util.UUID;
import org.jboss.logging.Logger;

/// One leader acts. It raises its term before it does; who loses the lease stops without acting
/// once more; who is stopped gives the lease back, so that the next one need not wait for it to
/// expire.
@Singleton
class Leadership {
  private static final Logger LOG = Logger.getLogger(Leadership.class);
  private static final String LEASE = "backing-service-operator";
  private final KubernetesClient client;
  private final Workshop workshop;
  private final String identity = identity();

  Leadership(KubernetesClient client, Workshop workshop) {
    this.client = client;
    this.workshop = workshop;
  }

  /// Names the pod, for people; never that of a former process in the same pod.
  private static String identity() {
    return Objects.requireNonNullElse(System.getenv("HOSTNAME"), "local") + "_" + UUID.randomUUID();
  }

  void onStop(@Observes @Priority(1) ShutdownEvent event) {
    workshop.stopping = true;
  }

  @Produces
  @Singleton
  LeaderElectionConfiguration configuration() {
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
        .withLeaseNamespace(workshop.namespace)
        .withIdentity(identity)
        .withLeaderCallbacks(new LeaderCallbacks(this::won, this::lost, _ -> {}))
        .build();
  }

  private void won() {
    workshop.term.raise();
    LOG.infof("leading: term=%d namespace=%s", workshop.term.mine(), workshop.namespace);
  }

  /// Exiting in order would let reconciles in flight go on.
  private void lost() {
    if (workshop.stopping) release();
    else {
      LOG.error("leadership lost: stopping at once");
      Runtime.getRuntime().halt(1);
    }
  }

  private void release() {
    try {
      client
          .leases()
          .inNamespace(workshop.namespace)
          .withName(LEASE)
          .edit(
              lease -> {
                if (identity.equals(lease.getSpec().getHolderIdentity()))
                  lease.getSpec().setHolderIdentity("");
                return lease;
              });
    } catch (KubernetesClientException e) {
      LOG.warnf("lease not released: code=%d", e.getCode());
    }
  }
}
