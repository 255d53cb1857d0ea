package dev.backingservice.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Place;
import dev.backingservice.model.ServerDebt;
import dev.backingservice.model.ServiceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Debts as one line of JSON, for annotations and Secrets.
public final class DebtText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<List<Map<String, String>>> ROWS = new TypeReference<>() {};

  private DebtText() {}

  /// Empty text for none.
  public static String write(List<Debt> debts) {
    if (debts.isEmpty()) return "";
    return json(debts.stream().map(DebtText::row).toList());
  }

  private static String json(List<Map<String, String>> rows) {
    try {
      return JSON.writeValueAsString(rows);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of texts are JSON", e);
    }
  }

  /// The same with the service that is gone.
  public static String writeOwed(List<ServerDebt> debts) {
    return json(debts.stream().map(DebtText::owedRow).toList());
  }

  /// @throws IllegalArgumentException for a text that [#writeOwed] did not make
  public static List<ServerDebt> readOwed(String text) {
    return rows(text).stream()
        .map(
            row ->
                new ServerDebt(
                    new ServiceId(text(row, "namespace"), text(row, "name"), text(row, "uid")),
                    debt(row)))
        .toList();
  }

  private static Map<String, String> owedRow(ServerDebt owed) {
    var row = new TreeMap<>(row(owed.debt()));
    row.put("namespace", owed.service().namespace());
    row.put("name", owed.service().name());
    row.put("uid", owed.service().uid());
    return row;
  }

  /// @throws IllegalArgumentException for a text that [#write] did not make
  public static List<Debt> read(String text) {
    return rows(text).stream().map(DebtText::debt).toList();
  }

  private static List<Map<String, String>> rows(String text) {
    if (text.isBlank()) return List.of();
    try {
      return JSON.readValue(text, ROWS);
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
