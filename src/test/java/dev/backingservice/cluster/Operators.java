package dev.backingservice.cluster;

import dev.backingservice.sandbox.Kubectl;
import dev.backingservice.sandbox.Processes;
import dev.backingservice.sandbox.Waiting;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The operator's pods: which of them leads, what they take, and what befalls them.
final class Operators {
  /// What happens to a leader.
  interface Deed {
    void run() throws Exception;
  }

  private static final String NAME = Release.NAME;
  private final Site site;
  private final KubernetesClient client;

  Operators(Site site) {
    this.site = site;
    this.client = site.client();
  }

  List<Pod> pods() {
    return client
        .pods()
        .inNamespace(Kubectl.NAMESPACE)
        .withLabel("app.kubernetes.io/name", NAME)
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  /// What every pod said, for when something went wrong.
  String logs() {
    var logs = new StringBuilder();
    for (var pod : pods()) {
      var name = pod.getMetadata().getName();
      logs.append("--- ").append(name).append('\n');
      logs.append(log(name));
    }
    return logs.toString();
  }

  private String log(String pod) {
    try {
      return client.pods().inNamespace(Kubectl.NAMESPACE).withName(pod).tailingLines(40).getLog();
    } catch (KubernetesClientException e) {
      return e.getMessage() + "\n";
    }
  }

  /// Who holds the lease, a pod and a process of it; null when nobody does.
  private @Nullable String holder() {
    var lease = client.leases().inNamespace(Kubectl.NAMESPACE).withName(NAME).get();
    if (lease == null) return null;
    var holder = lease.getSpec().getHolderIdentity();
    return holder == null || holder.isEmpty() ? null : holder;
  }

  /// The name of the pod that leads now; null when none does.
  @Nullable String leader() {
    var holder = holder();
    if (holder == null) return null;
    return pods().stream()
        .map(p -> p.getMetadata().getName())
        .filter(holder::startsWith)
        .findFirst()
        .orElse(null);
  }

  /// The pod that leads.
  Pod leading() {
    var leader = Objects.requireNonNull(leader(), "nobody leads");
    return client.pods().inNamespace(Kubectl.NAMESPACE).withName(leader).get();
  }

  /// Ends the operator in a pod without a word: its process is killed, or, where we cannot
  /// reach it, the pod is.
  void crash(Pod pod) {
    site.process(pod)
        .ifPresentOrElse(
            ProcessHandle::destroyForcibly, () -> client.resource(pod).withGracePeriod(0).delete());
  }

  /// Whether every pod runs on the ahead-of-time cache of its image, as far as that can be seen.
  boolean cached() throws IOException {
    for (var pod : pods()) {
      var process = site.process(pod);
      if (process.isPresent()
          && !Files.readString(Path.of("/proc/" + process.get().pid() + "/maps"))
              .contains("/app/operator.aot")) return false;
    }
    return true;
  }

  /// What each pod takes, in MiB, where that can be seen.
  String resident() throws IOException {
    var figures = new ArrayList<Long>();
    for (var pod : pods()) {
      var process = site.process(pod);
      if (process.isPresent()) figures.add(Processes.residentMebibytes(process.get().pid()));
    }
    return figures + " MiB";
  }

  /// From the start of the leader's process to its first reconciles, where that can be seen.
  String start() {
    var lease = client.leases().inNamespace(Kubectl.NAMESPACE).withName(NAME).get();
    return site.process(leading())
        .flatMap(process -> process.info().startInstant())
        .map(began -> Duration.between(began, lease.getSpec().getAcquireTime()).toMillis() + " ms")
        .orElse("unknown");
  }

  /// Does something to the leader, and waits until another process leads, be it in the same pod.
  ///
  /// @return how long that took, in milliseconds
  long replaceLeader(Deed deed) throws Exception {
    var former = holder();
    deed.run();
    long began = System.nanoTime();
    Waiting.until("another leader", () -> leader() != null && !Objects.equals(holder(), former));
    return (System.nanoTime() - began) / 1_000_000;
  }

  /// Asks for a pod to leave, as `kubectl drain` does; false when the disruption budget says no.
  boolean evict(String pod) {
    return client.pods().inNamespace(Kubectl.NAMESPACE).withName(pod).evict();
  }

  void awaitReady(int replicas) throws Exception {
    Waiting.until(
        replicas + " ready",
        () -> {
          var status =
              client
                  .apps()
                  .deployments()
                  .inNamespace(Kubectl.NAMESPACE)
                  .withName(NAME)
                  .get()
                  .getStatus();
          return Integer.valueOf(replicas).equals(status.getReadyReplicas())
              && Integer.valueOf(replicas).equals(status.getReplicas());
        });
  }
}
