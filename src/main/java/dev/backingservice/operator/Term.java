package dev.backingservice.operator;

import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.Secrets;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.concurrent.atomic.AtomicLong;

/// The term of this leader: raised by compare-and-set on the root key's Secret when leadership
/// is won, and left on every server, so that a leader that does not know yet that it was
/// replaced changes nothing there.
final class Term {
  private static final String TERM = "backingservice.dev/term";
  private static final int ATTEMPTS = 10;
  private final Secrets secrets;
  private final String namespace;
  private final AtomicLong mine = new AtomicLong();

  Term(Secrets secrets, String namespace) {
    this.secrets = secrets;
    this.namespace = namespace;
  }

  /// 0 until leadership is won.
  long mine() {
    return mine.get();
  }

  void raise() {
    for (int attempt = 1; ; attempt++) {
      try {
        mine.set(raised());
        return;
      } catch (KubernetesClientException e) {
        if (!Refusals.conflict(e) || attempt == ATTEMPTS) throw e;
      }
    }
  }

  private long raised() {
    var secret = secrets.find(namespace, Keys.ROOT_KEY).orElseThrow();
    var text = Secrets.annotation(secret, TERM);
    long next = (text.isEmpty() ? 0 : Long.parseLong(text)) + 1;
    var raised =
        new SecretBuilder(secret)
            .editMetadata()
            .addToAnnotations(TERM, Long.toString(next))
            .endMetadata()
            .build();
    secrets.replace(raised, secret.getMetadata().getResourceVersion());
    return next;
  }
}
