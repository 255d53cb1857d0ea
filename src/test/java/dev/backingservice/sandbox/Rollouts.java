package dev.backingservice.sandbox;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.Objects;

/// Plays the kubelet's part: there is none in the sandbox, so each Deployment is declared rolled
// out as soon as
/// its template changes. Only the status is set; the spec stays as its owners wrote it.
public final class Rollouts implements AutoCloseable {
  private final KubernetesClient client;
  private final Watch watch;

  public Rollouts(ControlPlane plane) {
    client = plane.client(ControlPlane.User.Admin);
    watch = client.apps().deployments().inAnyNamespace().watch(new Player());
  }

  private final class Player implements Watcher<Deployment> {
    @Override
    public void eventReceived(Action action, Deployment deployment) {
      if (action == Action.ADDED || action == Action.MODIFIED) play(deployment);
    }

    @Override
    public void onClose(WatcherException cause) {}
  }

  private void play(Deployment deployment) {
    long generation = deployment.getMetadata().getGeneration();
    var status = deployment.getStatus();
    if (status != null
        && Objects.equals(status.getAvailableReplicas(), replicas(deployment))
        && Objects.equals(status.getObservedGeneration(), generation)) return;
    int replicas = replicas(deployment);
    deployment.setStatus(
        new DeploymentStatusBuilder()
            .withObservedGeneration(generation)
            .withReplicas(replicas)
            .withUpdatedReplicas(replicas)
            .withReadyReplicas(replicas)
            .withAvailableReplicas(replicas)
            .build());
    try {
      client.resource(deployment).updateStatus();
    } catch (KubernetesClientException e) {
      // it changed meanwhile: the next event plays it
    }
  }

  private static Integer replicas(Deployment deployment) {
    return deployment.getSpec().getReplicas();
  }

  @Override
  public void close() {
    watch.close();
    client.close();
  }
}
