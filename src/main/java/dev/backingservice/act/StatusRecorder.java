package dev.backingservice.act;

import dev.backingservice.kube.Events;
import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.Resources;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Records what is reported: the status of our own resources, and events about them.
public final class StatusRecorder {
  private static final Logger LOG = Logger.getLogger(StatusRecorder.class);
  private final Resources resources;
  private final Events events;

  public StatusRecorder(Resources resources, Events events) {
    this.resources = resources;
    this.events = events;
  }

  /// @param patch carries a status, no spec, and the version that was seen
  /// @return the resource as it is now; empty when somebody was faster
  public <T extends HasMetadata> Optional<T> record(T patch) {
    try {
      return Optional.of(resources.recordStatus(patch));
    } catch (KubernetesClientException e) {
      LOG.debugf(
          "status not written: name=%s said=%s", patch.getMetadata().getName(), Refusals.said(e));
      if (Refusals.conflict(e)) return Optional.empty();
      throw e;
    }
  }

  /// @param type Normal or Warning
  public void tell(HasMetadata about, String type, String reason, String note) {
    events.tell(about, type, reason, note);
  }
}
