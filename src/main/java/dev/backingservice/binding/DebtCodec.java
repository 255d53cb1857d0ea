package dev.backingservice.binding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Place;
import dev.backingservice.model.ServerDebt;
import dev.backingservice.model.ServiceId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Debts as one line of JSON, for annotations and Secrets.
public final class DebtCodec {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<@Nullable List<@Nullable Map<String, @Nullable String>>> ROWS =
      new TypeReference<>() {};

  private static final String PREDECESSOR = "predecessor";

  private DebtCodec() {}

  /// Empty text for none.
  public static String write(List<Debt> debts) {
    if (debts.isEmpty()) return "";
    return json(debts.stream().map(DebtCodec::row).toList());
  }

  /// The same with the service that is gone.
  public static String writeOwed(List<ServerDebt> debts) {
    return json(debts.stream().map(DebtCodec::owedRow).toList());
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

  /// @throws IllegalArgumentException for a text that [#write] did not make
  public static List<Debt> read(String text) {
    return rows(text).stream().map(DebtCodec::debt).toList();
  }

  private static String json(List<Map<String, String>> rows) {
    try {
      return JSON.writeValueAsString(rows);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of texts are JSON", e);
    }
  }

  private static List<Map<String, String>> rows(String text) {
    if (text.isBlank()) return List.of();
    try {
      var rows = JSON.readValue(text, ROWS);
      if (rows == null) throw new IllegalArgumentException("not a list of debts");
      return rows.stream().map(DebtCodec::known).toList();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a list of debts", e);
    }
  }

  /// A row without what is null.
  private static Map<String, String> known(@Nullable Map<String, @Nullable String> row) {
    if (row == null) throw new IllegalArgumentException("not a debt");
    var known = new TreeMap<String, String>();
    row.forEach(
        (name, value) -> {
          if (value != null) known.put(name, value);
        });
    return known;
  }

  private static Map<String, String> owedRow(ServerDebt owed) {
    var row = row(owed.debt());
    row.put("namespace", owed.service().namespace());
    row.put("name", owed.service().name());
    row.put("uid", owed.service().uid());
    return row;
  }

  private static Map<String, String> row(Debt debt) {
    var at = debt.attachment();
    var row = new TreeMap<String, String>();
    if (debt.predecessor()) row.put(PREDECESSOR, "true");
    row.putAll(
        Map.of(
            "server", at.server(),
            "scope", ScopeCodec.write(at.place().scope()),
            "serverId", at.serverId(),
            "login", at.login(),
            "access", at.access().name(),
            "epoch", Long.toString(at.epoch()),
            "since", debt.since().toString(),
            "running", debt.running(),
            "message", debt.message()));
    return row;
  }

  private static Debt debt(Map<String, String> row) {
    try {
      return new Debt(
          new Attachment(
              new Place(text(row, "server"), ScopeCodec.read(text(row, "scope"))),
              text(row, "serverId"),
              text(row, "login"),
              Access.valueOf(text(row, "access")),
              Long.parseLong(text(row, "epoch"))),
          Instant.parse(text(row, "since")),
          text(row, "running"),
          text(row, "message"),
          row.containsKey(PREDECESSOR));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("not the time of a debt", e);
    }
  }

  private static String text(Map<String, String> row, String name) {
    return row.getOrDefault(name, "");
  }
}
