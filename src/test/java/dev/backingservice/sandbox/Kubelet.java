package dev.backingservice.sandbox;

import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Plays the kubelet's part: there is none in the sandbox, so every pod is declared running and
/// ready as soon as it exists. Everything else about a rollout is done by the real controllers.
public final class Kubelet implements AutoCloseable {
  private static final long RESYNC_MILLIS = 5000;
  private final KubernetesClient client;
  private final SharedIndexInformer<Pod> informer;

  public Kubelet(ControlPlane plane) {
    client = plane.client(ControlPlane.User.Admin);
    informer = client.pods().inAnyNamespace().inform(new Player(), RESYNC_MILLIS);
  }

  private final class Player implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      play(pod);
    }

    @Override
    public void onUpdate(Pod before, Pod now) {
      play(now);
    }

    @Override
    public void onDelete(Pod pod, boolean unknown) {}
  }

  private void play(Pod pod) {
    if (!"Pending".equals(pod.getStatus().getPhase())) return;
    var ready = client.getKubernetesSerialization().clone(pod);
    var now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    var containers =
        pod.getSpec().getContainers().stream()
            .map(
                c ->
                    new ContainerStatusBuilder()
                        .withName(c.getName())
                        .withImage(c.getImage())
                        .withImageID(c.getImage())
                        .withReady(true)
                        .withRestartCount(0)
                        .build())
            .toList();
    ready.setStatus(
        new PodStatusBuilder()
            .withPhase("Running")
            .withConditions(
                new PodConditionBuilder()
                    .withType("Ready")
                    .withStatus("True")
                    .withLastTransitionTime(now)
                    .build())
            .withContainerStatuses(containers)
            .build());
    try {
      client.resource(ready).updateStatus();
    } catch (KubernetesClientException e) {
      // it changed or went meanwhile: the next event plays it
    }
  }

  @Override
  public void close() {
    informer.close();
    client.close();
  }
}
