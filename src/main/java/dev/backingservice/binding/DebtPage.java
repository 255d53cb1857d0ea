package dev.backingservice.binding;

import dev.backingservice.model.Labels;
import dev.backingservice.model.ServerDebt;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// The debts of services that are gone: one Secret per server, in the operator's own namespace.
public final class DebtPage {
  private static final String KEY = "debts";

  private DebtPage() {}

  /// Name of the Secret.
  public static String name(String server) {
    return "backingservice-debts-" + server;
  }

  /// @throws IllegalArgumentException for a Secret that [#write] did not make
  public static List<ServerDebt> read(Optional<Secret> secret) {
    return secret
        .flatMap(s -> Optional.ofNullable(s.getData()))
        .flatMap(d -> Optional.ofNullable(d.get(KEY)))
        .map(text -> new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8))
        .map(DebtCodec::readOwed)
        .orElse(List.of());
  }

  public static Secret write(String namespace, String server, List<ServerDebt> debts) {
    var text = DebtCodec.writeOwed(debts).getBytes(StandardCharsets.UTF_8);
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name(server))
        .withNamespace(namespace)
        .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
        .endMetadata()
        .addToData(KEY, Base64.getEncoder().encodeToString(text))
        .build();
  }
}
