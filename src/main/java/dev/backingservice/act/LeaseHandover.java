package dev.backingservice.act;

import dev.backingservice.kube.Leases;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jboss.logging.Logger;

/// Gives the lease back when the process is asked to stop, so that the next leader need not
/// wait for it to expire.
public final class LeaseHandover {
  private static final Logger LOG = Logger.getLogger(LeaseHandover.class);
  private final Leases leases;

  public LeaseHandover(Leases leases) {
    this.leases = leases;
  }

  public void release(String namespace, String name, String identity) {
    try {
      leases.release(namespace, name, identity);
    } catch (KubernetesClientException e) {
      LOG.warnf("lease not released: code=%d", e.getCode());
    }
  }
}
