package dev.backingservice.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Place;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Debts as one line of JSON, for annotations and Secrets.
public final class DebtText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<List<Map<String, String>>> ROWS = new TypeReference<>() {};

  private DebtText() {}

  /// Empty text for none.
  public static String write(List<Debt> debts) {
    if (debts.isEmpty()) return "";
    try {
      return JSON.writeValueAsString(debts.stream().map(DebtText::row).toList());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of texts are JSON", e);
    }
  }

  /// @throws IllegalArgumentException for a text that [#write] did not make
  public static List<Debt> read(String text) {
    if (text.isBlank()) return List.of();
    try {
      return JSON.readValue(text, ROWS).stream().map(DebtText::debt).toList();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a list of debts", e);
    }
  }

  private static Map<String, String> row(Debt debt) {
    var at = debt.attachment();
    return Map.of(
        "server", at.server(),
        "database", at.place().database(),
        "schema", at.place().schema(),
        "serverId", at.serverId(),
        "login", at.login(),
        "epoch", Long.toString(at.epoch()),
        "since", debt.since().toString(),
        "message", debt.message());
  }

  private static Debt debt(Map<String, String> row) {
    var place = new Place(text(row, "server"), text(row, "database"), text(row, "schema"));
    return new Debt(
        new Attachment(
            place, text(row, "serverId"), text(row, "login"), Long.parseLong(text(row, "epoch"))),
        Instant.parse(text(row, "since")),
        text(row, "message"));
  }

  private static String text(Map<String, String> row, String name) {
    return row.getOrDefault(name, "");
  }
}
