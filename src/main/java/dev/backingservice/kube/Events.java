package dev.backingservice.kube;

import dev.backingservice.model.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import org.jboss.logging.Logger;

/// Kubernetes Events (events.k8s.io/v1). Telling is never worth failing for.
public final class Events {
  private static final Logger LOG = Logger.getLogger(Events.class);
  private static final int NOTE_MAX = 1024;
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private final KubernetesClient client;
  private final String home;
  private final InstantSource clock;

  /// @param home the operator's own namespace: what is told about cluster-scoped resources is told
  ///     there, where tenants do not read
  public Events(KubernetesClient client, String home, InstantSource clock) {
    this.client = client;
    this.home = home;
    this.clock = clock;
  }

  /// @param type Normal or Warning
  public void tell(HasMetadata about, String type, String reason, String note) {
    try {
      var event = event(about, type, reason, note);
      client
          .events()
          .v1()
          .events()
          .inNamespace(event.getMetadata().getNamespace())
          .resource(event)
          .create();
    } catch (KubernetesClientException e) {
      if (!Refusals.conflict(e))
        LOG.warnf("event not written: reason=%s code=%d", reason, e.getCode());
    }
  }

  private Event event(HasMetadata about, String type, String reason, String note) {
    var meta = about.getMetadata();
    var namespace = Objects.requireNonNullElse(meta.getNamespace(), home);
    var now = clock.instant();
    var name =
        "%s.%x".formatted(meta.getName(), now.getEpochSecond() * 1_000_000 + now.getNano() / 1000)
            + Integer.toHexString(reason.hashCode());
    return new EventBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .endMetadata()
        .withEventTime(new MicroTime(MICROS.format(now)))
        .withType(type)
        .withReason(reason)
        .withAction(reason)
        .withNote(note.substring(0, Math.min(note.length(), NOTE_MAX)))
        .withReportingController(Labels.DOMAIN + "/operator")
        .withReportingInstance(Labels.MANAGER)
        .withRegarding(
            new ObjectReferenceBuilder()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withName(meta.getName())
                .withNamespace(namespace)
                .withUid(meta.getUid())
                .build())
        .build();
  }
}
