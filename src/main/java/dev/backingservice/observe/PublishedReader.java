package dev.backingservice.observe;

import dev.backingservice.kube.BindingSeal;
import dev.backingservice.kube.DebtText;
import dev.backingservice.kube.Secrets;
import dev.backingservice.kube.Words;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Place;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.ServiceId;
import dev.backingservice.plan.Published;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a binding Secret says, and whether it may be believed.
final class PublishedReader {
  private final RootKey key;

  PublishedReader(RootKey key) {
    this.key = key;
  }

  Published read(Optional<Secret> found, ServiceId service) {
    if (found.isEmpty()) return new Published.None();
    var secret = found.get();
    if (!ours(secret, service)) return new Published.Foreign();
    return binding(secret, BindingSeal.holds(key, secret, service.uid()));
  }

  private static boolean ours(Secret secret, ServiceId service) {
    var owners = secret.getMetadata().getOwnerReferences();
    return owners.stream().anyMatch(o -> service.uid().equals(o.getUid()));
  }

  private static Published binding(Secret secret, boolean genuine) {
    var version = secret.getMetadata().getResourceVersion();
    try {
      var place =
          new Place(
              Secrets.annotation(secret, Words.SERVER),
              Secrets.text(secret, "database").orElse(""),
              Secrets.annotation(secret, Words.SCHEMA));
      var attachment =
          new Attachment(
              place,
              Secrets.annotation(secret, Words.SERVER_ID),
              Secrets.text(secret, "username").orElse(""),
              Long.parseLong(Secrets.annotation(secret, Words.EPOCH)));
      return new Published.Binding(
          genuine,
          attachment,
          requested(secret),
          Secrets.annotation(secret, Words.SHAPE),
          DebtText.read(Secrets.annotation(secret, Words.DEBTS)),
          ends(secret),
          version);
    } catch (IllegalArgumentException e) {
      return edited(version);
    }
  }

  /// Ours, but somebody made it unreadable: to be written again.
  private static Published edited(String version) {
    var nowhere = new Place("", "", "");
    return new Published.Binding(
        false,
        new Attachment(nowhere, "", "", 1),
        nowhere,
        "",
        List.of(),
        Optional.empty(),
        version);
  }

  private static Place requested(Secret secret) {
    return new Place(
        Secrets.annotation(secret, Words.REQUESTED_SERVER),
        Secrets.annotation(secret, Words.REQUESTED_DATABASE),
        Secrets.annotation(secret, Words.REQUESTED_SCHEMA));
  }

  private static Optional<Instant> ends(Secret secret) {
    try {
      return Optional.of(Instant.parse(Secrets.annotation(secret, Words.CERTIFICATE_ENDS)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
