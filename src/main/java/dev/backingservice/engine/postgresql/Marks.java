package dev.backingservice.engine.postgresql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.model.Place;
import dev.backingservice.model.RootKey;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What we write as the comment of a role: readable by everybody, forged by nobody. A role
/// without our seal is never touched.
final class Marks {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<TreeMap<String, String>> FIELDS = new TypeReference<>() {};
  private static final String SEAL = "seal";

  private final RootKey key;

  Marks(RootKey key) {
    this.key = key;
  }

  String instance() {
    return key.instance();
  }

  RootKey key() {
    return key;
  }

  /// The roles of a place of ours.
  Roles roles(Place place) {
    return Roles.of(key, Schemas.of(place));
  }

  /// The comment for `role` with these fields and our seal.
  String write(String role, Map<String, String> fields) {
    var all = new TreeMap<>(fields);
    all.put("instance", key.instance());
    all.put(SEAL, key.seal(sealed(role, all)));
    try {
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of texts is JSON", e);
    }
  }

  /// The fields of a comment that carries our seal for exactly this role; empty for any other.
  Optional<Map<String, String>> read(String role, @Nullable String comment) {
    if (comment == null || !comment.startsWith("{")) return Optional.empty();
    try {
      var fields = JSON.readValue(comment, FIELDS);
      if (fields == null || fields.containsValue(null)) return Optional.empty();
      var seal = fields.remove(SEAL);
      if (seal == null || !key.sealed(seal, sealed(role, fields))) return Optional.empty();
      return Optional.of(fields);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /// The fields of the mark that a role has now; empty without one of ours.
  Optional<Map<String, String>> of(Sql sql, String role) throws SQLException {
    return sql.first(
            "SELECT pg_catalog.shobj_description(oid, 'pg_authid') FROM pg_catalog.pg_roles WHERE rolname = $1",
            row -> String.valueOf(row.getString(1)),
            role)
        .flatMap(comment -> read(role, comment));
  }

  private static String[] sealed(String role, SortedMap<String, String> fields) {
    var parts = new ArrayList<String>();
    parts.add(role);
    fields.forEach(
        (name, value) -> {
          parts.add(name);
          parts.add(value);
        });
    return parts.toArray(String[]::new);
  }
}
