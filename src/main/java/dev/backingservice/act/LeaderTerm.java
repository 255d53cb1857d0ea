package dev.backingservice.act;

import dev.backingservice.engine.Term;
import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.Secrets;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// The term of this leader: raised by compare-and-set on the root key's Secret when leadership
/// is won, and left on every server, so that a leader that does not know yet that it was
/// replaced changes nothing there.
public final class LeaderTerm implements Term {
  private static final String TERM = "backingservice.dev/term";
  private static final int ATTEMPTS = 10;
  private final Secrets secrets;
  private final String namespace;
  private final BooleanSupplier leading;
  private final AtomicLong mine = new AtomicLong();

  /// @param leading whether this process holds the lease beyond doubt
  public LeaderTerm(Secrets secrets, String namespace, BooleanSupplier leading) {
    this.leading = leading;
    this.secrets = secrets;
    this.namespace = namespace;
  }

  @Override
  public long mine() {
    return mine.get();
  }

  /// Leadership is won.
  public void raise() {
    raise(0);
  }

  /// A term on a server that is greater than ours comes of a later leader; or, when we lead beyond
  /// doubt, of a time before the root key's Secret was restored from a backup.
  @Override
  public synchronized boolean raiseAbove(long found) {
    if (mine() == 0 || !leading.getAsBoolean()) return mine() > found;
    if (mine() <= found) raise(found);
    return mine() > found;
  }

  private void raise(long above) {
    for (int attempt = 1; ; attempt++) {
      try {
        mine.set(raised(above));
        return;
      } catch (KubernetesClientException e) {
        if (!Refusals.conflict(e) || attempt == ATTEMPTS) throw e;
      }
    }
  }

  private long raised(long above) {
    var secret = secrets.find(namespace, KeyStore.ROOT_KEY).orElseThrow();
    var text = Secrets.annotation(secret, TERM);
    long next = Math.max(above, text.isEmpty() ? 0 : Long.parseLong(text)) + 1;
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
