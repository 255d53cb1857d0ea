package dev.backingservice.kube;

import dev.backingservice.model.ServerDebt;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.List;
import java.util.Optional;

/// The debts of services that are gone, one Secret per server in the operator's own namespace.
public final class DebtBook {
  private static final String KEY = "debts";
  private final Secrets secrets;
  private final String namespace;

  public DebtBook(Secrets secrets, String namespace) {
    this.secrets = secrets;
    this.namespace = namespace;
  }

  /// One server's page.
  ///
  /// @param secret as it was read; empty when nothing was ever owed
  public record Page(String server, List<ServerDebt> debts, Optional<Secret> secret) {
    public Page {
      debts = List.copyOf(debts);
    }
  }

  public Page open(String server) {
    var secret = secrets.find(namespace, name(server));
    var debts = secret.flatMap(s -> Secrets.text(s, KEY)).map(DebtText::readOwed).orElse(List.of());
    return new Page(server, debts, secret);
  }

  /// Writes a page anew, guarded by the version that was read; an empty one is taken out.
  public void write(Page page, List<ServerDebt> debts) {
    if (debts.equals(page.debts())) return;
    if (debts.isEmpty()) {
      secrets.delete(namespace, name(page.server()));
      return;
    }
    var written = secret(page.server(), debts);
    var before = page.secret();
    if (before.isEmpty()) secrets.create(written);
    else secrets.replace(written, before.get().getMetadata().getResourceVersion());
  }

  private Secret secret(String server, List<ServerDebt> debts) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name(server))
        .withNamespace(namespace)
        .addToLabels(Words.MANAGED_BY, Words.MANAGER)
        .endMetadata()
        .addToData(KEY, Secrets.encoded(DebtText.writeOwed(debts)))
        .build();
  }

  private static String name(String server) {
    return "backingservice-debts-" + server;
  }
}
