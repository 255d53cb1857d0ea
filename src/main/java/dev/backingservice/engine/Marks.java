package dev.backingservice.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.model.RootKey;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What we write beside an account, such as the comment of a role: readable by everybody, forged by
/// nobody. An account without our seal is never touched.
public final class Marks {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<TreeMap<String, String>> FIELDS = new TypeReference<>() {};
  private static final String SEAL = "seal";

  /// The field that names the operator that wrote it.
  public static final String INSTANCE = "instance";

  private final RootKey key;

  public Marks(RootKey key) {
    this.key = key;
  }

  public String instance() {
    return key.instance();
  }

  public RootKey key() {
    return key;
  }

  /// The text for `account` with these fields and our seal.
  public String write(String account, Map<String, String> fields) {
    var all = new TreeMap<>(fields);
    all.put(INSTANCE, key.instance());
    all.put(SEAL, key.seal(sealed(account, all)));
    try {
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of texts is JSON", e);
    }
  }

  /// The fields of a text that carries our seal for exactly this account; empty for any other.
  public Optional<Map<String, String>> read(String account, @Nullable String text) {
    if (text == null || !text.startsWith("{")) return Optional.empty();
    try {
      var fields = JSON.readValue(text, FIELDS);
      if (fields == null || fields.containsValue(null)) return Optional.empty();
      var seal = fields.remove(SEAL);
      if (seal == null || !key.sealed(seal, sealed(account, fields))) return Optional.empty();
      return Optional.of(fields);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static String[] sealed(String account, SortedMap<String, String> fields) {
    var parts = new ArrayList<String>();
    parts.add(account);
    fields.forEach(
        (name, value) -> {
          parts.add(name);
          parts.add(value);
        });
    return parts.toArray(String[]::new);
  }
}
