package dev.backingservice.act;

import dev.backingservice.kube.Secrets;
import dev.backingservice.kube.Words;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.tls.Issued;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Issues the certificates of servers that have none of their own: one Secret each, in the
/// operator's namespace, renewed at two thirds of its life.
public final class ServerCertificates {
  private static final Duration LIFE = Duration.ofHours(2160);

  private final Hands hands;

  public ServerCertificates(Hands hands) {
    this.hands = hands;
  }

  /// What is asked for.
  ///
  /// @param names DNS names and addresses, at least one
  public record Wanted(String server, String secretName, List<String> names) {
    public Wanted {
      names = List.copyOf(names);
    }
  }

  /// Makes it so.
  ///
  /// @return why it cannot be done; empty when it is
  public Optional<Failure> keep(Wanted wanted, Instant now) {
    var found = hands.secrets().find(hands.namespace(), wanted.secretName);
    if (found.isPresent() && !ours(found.get(), wanted))
      return Optional.of(
          new Failure(
              Reason.SecretNotOwned,
              "spec.tls.serverCertificate: the Secret %s exists and is not ours: delete it, or name another"
                  .formatted(wanted.secretName)));
    if (found.isPresent() && good(found.get(), wanted, now)) return Optional.empty();
    var secret = secret(wanted, hands.authority().issueServer(wanted.names, now, LIFE));
    if (found.isEmpty()) hands.secrets().create(secret);
    else hands.secrets().replace(secret, found.get().getMetadata().getResourceVersion());
    return Optional.empty();
  }

  private static boolean ours(Secret secret, Wanted wanted) {
    return Secrets.annotation(secret, Words.SERVER).equals(wanted.server);
  }

  private static boolean good(Secret secret, Wanted wanted, Instant now) {
    try {
      var end = Instant.parse(Secrets.annotation(secret, Words.CERTIFICATE_ENDS));
      return now.isBefore(end.minus(LIFE.dividedBy(3)))
          && Secrets.annotation(secret, Words.SHAPE).equals(shape(wanted));
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static String shape(Wanted wanted) {
    return String.join(",", wanted.names);
  }

  private Secret secret(Wanted wanted, Issued issued) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(wanted.secretName)
        .withNamespace(hands.namespace())
        .addToLabels(Words.MANAGED_BY, Words.MANAGER)
        .addToAnnotations(Words.SERVER, wanted.server)
        .addToAnnotations(Words.SHAPE, shape(wanted))
        .addToAnnotations(
            Words.CERTIFICATE_ENDS, issued.notAfter().truncatedTo(ChronoUnit.SECONDS).toString())
        .endMetadata()
        .withType("kubernetes.io/tls")
        .withData(
            Map.of(
                "tls.crt", Secrets.encoded(issued.chainPem()),
                "tls.key", Secrets.encoded(issued.keyPem()),
                "ca.crt", Secrets.encoded(hands.authority().certificatePem())))
        .build();
  }
}
