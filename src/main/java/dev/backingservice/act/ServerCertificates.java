package dev.backingservice.act;

import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Labels;
import dev.backingservice.plan.ServerFacts;
import dev.backingservice.tls.Authority;
import dev.backingservice.tls.Issued;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/// Issues the certificates of servers that have none of their own: one Secret each, in the
/// operator's namespace.
public final class ServerCertificates {
  private final Secrets secrets;
  private final Authority authority;
  private final String namespace;

  /// @param namespace the operator's own
  public ServerCertificates(Secrets secrets, Authority authority, String namespace) {
    this.secrets = secrets;
    this.authority = authority;
    this.namespace = namespace;
  }

  void issue(String server, ServerFacts.Certificate wanted, Instant now) {
    var issued = authority.issueServer(wanted.names(), now, ServerFacts.Certificate.LIFE);
    var secret = secret(server, wanted, issued);
    var found = secrets.find(namespace, wanted.secretName());
    if (found.isEmpty()) secrets.create(secret);
    else secrets.replace(secret, found.get().getMetadata().getResourceVersion());
  }

  private Secret secret(String server, ServerFacts.Certificate wanted, Issued issued) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(wanted.secretName())
        .withNamespace(namespace)
        .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
        .addToAnnotations(Labels.SERVER, server)
        .addToAnnotations(Labels.SHAPE, String.join(",", wanted.names()))
        .addToAnnotations(
            Labels.CERTIFICATE_ENDS, issued.notAfter().truncatedTo(ChronoUnit.SECONDS).toString())
        .endMetadata()
        .withType("kubernetes.io/tls")
        .withData(
            Map.of(
                "tls.crt", Secrets.encoded(issued.chainPem()),
                "tls.key", Secrets.encoded(issued.keyPem()),
                "ca.crt", Secrets.encoded(authority.certificatePem())))
        .build();
  }
}
