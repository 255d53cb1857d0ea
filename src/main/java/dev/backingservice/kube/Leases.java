package dev.backingservice.kube;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Optional;

/// The lease of the leader.
public final class Leases {
  private static final Duration FRESH = Duration.ofSeconds(10);
  private static final Duration RECENT = Duration.ofMinutes(1);
  private final KubernetesClient client;
  private final Clock clock;

  public Leases(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /// Whether `identity` holds the lease and renewed it a moment ago.
  public boolean heldBy(String namespace, String name, String identity) {
    return Optional.ofNullable(client.leases().inNamespace(namespace).withName(name).get())
        .filter(lease -> identity.equals(lease.getSpec().getHolderIdentity()))
        .flatMap(lease -> Optional.ofNullable(lease.getSpec().getRenewTime()))
        .filter(renewed -> renewed.plus(FRESH).isAfter(ZonedDateTime.now(clock)))
        .isPresent();
  }

  /// Whether anybody held the lease within the last minute, which is longer than it takes another
  /// replica to take it.
  ///
  /// @throws KubernetesClientException when the lease may not be read
  public boolean held(String namespace, String name) {
    return Optional.ofNullable(client.leases().inNamespace(namespace).withName(name).get())
        .flatMap(lease -> Optional.ofNullable(lease.getSpec().getRenewTime()))
        .filter(renewed -> renewed.plus(RECENT).isAfter(ZonedDateTime.now(clock)))
        .isPresent();
  }

  /// Gives the lease back, when `identity` holds it.
  public void release(String namespace, String name, String identity) {
    client
        .leases()
        .inNamespace(namespace)
        .withName(name)
        .edit(
            lease -> {
              if (identity.equals(lease.getSpec().getHolderIdentity()))
                lease.getSpec().setHolderIdentity("");
              return lease;
            });
  }
}
