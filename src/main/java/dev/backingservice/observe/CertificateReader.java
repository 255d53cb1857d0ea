package dev.backingservice.observe;

import dev.backingservice.api.BackingServer;
import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Labels;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.ServerFacts.Certificate;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// How the certificate of a server stands that has none of its own.
public final class CertificateReader {
  private final Secrets secrets;
  private final String namespace;
  private final String authorityPem;
  private final InstantSource clock;

  /// @param namespace the operator's own
  /// @param authorityPem the authority that issues them now
  public CertificateReader(
      Secrets secrets, String namespace, String authorityPem, InstantSource clock) {
    this.secrets = secrets;
    this.namespace = namespace;
    this.authorityPem = authorityPem;
    this.clock = clock;
  }

  /// What is asked for and how it stands; empty when nothing is.
  Optional<Certificate> read(BackingServer resource) {
    var tls = resource.getSpec().tls();
    var wanted = tls == null ? null : tls.serverCertificate();
    if (wanted == null) return Optional.empty();
    var found = secrets.find(namespace, wanted.secretName());
    return Optional.of(
        new Certificate(
            wanted.secretName(),
            wanted.dnsNames(),
            state(found, resource.getMetadata().getName(), wanted.dnsNames())));
  }

  /// Why it cannot be issued; empty when it can.
  Optional<Failure> refusal(Optional<Certificate> certificate) {
    return certificate
        .filter(c -> c.state() == Certificate.State.Foreign)
        .map(
            c ->
                new Failure(
                    Reason.SecretNotOwned,
                    "spec.tls.serverCertificate: the Secret %s exists and is not ours: delete it, or name another"
                        .formatted(c.secretName())));
  }

  private Certificate.State state(Optional<Secret> found, String server, List<String> names) {
    if (found.isEmpty()) return Certificate.State.Due;
    if (!Secrets.annotation(found.get(), Labels.SERVER).equals(server))
      return Certificate.State.Foreign;
    return good(found.get(), names) ? Certificate.State.Good : Certificate.State.Due;
  }

  private boolean good(Secret secret, List<String> names) {
    try {
      var end = Instant.parse(Secrets.annotation(secret, Labels.CERTIFICATE_ENDS));
      return Secrets.text(secret, "ca.crt").filter(authorityPem::equals).isPresent()
          && clock.instant().isBefore(end.minus(Certificate.LIFE.dividedBy(3)))
          && Secrets.annotation(secret, Labels.SHAPE).equals(String.join(",", names));
    } catch (DateTimeException e) {
      return false;
    }
  }
}
