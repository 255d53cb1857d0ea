package dev.backingservice.operator;

import dev.backingservice.api.BackingServer;
import dev.backingservice.kube.Leases;
import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.Resources;
import dev.backingservice.model.Labels;
import dev.backingservice.model.RootKey;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/// One installation serves a cluster: BackingServers have no namespace, and two operators with two
/// root keys would undo each other's work. Each BackingServer carries the namespace of the
/// operator that serves it, and a fingerprint of its root key. Whoever holds that key takes over
/// where nobody holds the lease there any more, as when the operator moved to another namespace; an
/// installation with another key does so only when somebody took the annotation away.
@Singleton
class SoleInstallation {
  private static final Logger LOG = Logger.getLogger(SoleInstallation.class);
  private static final String SEPARATOR = "/";

  private final Installation installation;
  private final Resources resources;
  private final Leases leases;
  private final String fingerprint;
  private final String mine;

  SoleInstallation(Installation installation, Resources resources, Leases leases, RootKey key) {
    this.installation = installation;
    this.resources = resources;
    this.leases = leases;
    this.fingerprint = SEPARATOR + key.instance();
    this.mine = installation.namespace() + fingerprint;
  }

  /// Before anything is done: whether no other installation serves a BackingServer.
  boolean alone() {
    return resources.every(BackingServer.class, Set.of()).stream().noneMatch(this::served);
  }

  /// Writes the namespace of this installation onto a BackingServer, unless it is there.
  ///
  /// @return the resource as it is now; empty when another installation serves it
  Optional<BackingServer> claim(BackingServer resource) {
    if (owner(resource).equals(mine)) return Optional.of(resource);
    if (served(resource)) return Optional.empty();
    try {
      return Optional.of(resources.mark(resource, Labels.OPERATOR, mine));
    } catch (KubernetesClientException e) {
      if (!Refusals.definite(e) || Refusals.conflict(e)) throw e;
      LOG.warnf(
          "BackingServer %s cannot be marked as served from here: %s",
          resource.getMetadata().getName(), Refusals.said(e));
      return Optional.of(resource);
    }
  }

  private boolean served(BackingServer resource) {
    var owner = owner(resource).split(SEPARATOR, 2);
    var namespace = owner[0];
    if (namespace.isEmpty() || namespace.equals(installation.namespace())) return false;
    boolean heir = owner(resource).endsWith(fingerprint);
    if (heir && !lives(namespace)) return false;
    LOG.errorf(
        "BackingServer %s is served by the operator in namespace %s: uninstall one of the two operators; when that one is gone for good, run kubectl annotate backingservers --all %s-",
        resource.getMetadata().getName(), namespace, Labels.OPERATOR);
    return true;
  }

  private static String owner(BackingServer resource) {
    var annotations = resource.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(Labels.OPERATOR, "");
  }

  /// Whoever may not read the lease there takes its operator for alive.
  private boolean lives(String namespace) {
    try {
      return leases.held(namespace, Installation.LEASE);
    } catch (KubernetesClientException e) {
      if (Refusals.forbidden(e)) return true;
      throw e;
    }
  }
}
