package dev.backingservice.binding;

import dev.backingservice.model.Labels;
import dev.backingservice.model.ServerDebt;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// The debts of services that are gone: one Secret per server, in the operator's own namespace.
public final class DebtPage {
  private static final String KEY = "debts";
  private static final int LONGEST = 1 << 25;

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
        .map(text -> unpacked(Base64.getDecoder().decode(text)))
        .map(DebtCodec::readOwed)
        .orElse(List.of());
  }

  public static Secret write(String namespace, String server, List<ServerDebt> debts) {
    var text = packed(DebtCodec.writeOwed(debts));
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name(server))
        .withNamespace(namespace)
        .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
        .endMetadata()
        .addToData(KEY, Base64.getEncoder().encodeToString(text))
        .build();
  }

  /// Rows repeat each other: packed, a Secret holds more than ten times as many.
  private static byte[] packed(String text) {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private static String unpacked(byte[] page) {
    try (var gzip = new GZIPInputStream(new ByteArrayInputStream(page))) {
      return new String(gzip.readNBytes(LONGEST), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a page of debts", e);
    }
  }
}
