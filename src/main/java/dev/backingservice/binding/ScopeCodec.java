package dev.backingservice.binding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.model.Scope;
import java.util.Map;
import java.util.TreeMap;

/// A scope as one line of JSON.
final class ScopeCodec {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<TreeMap<String, String>> FIELDS = new TypeReference<>() {};

  private ScopeCodec() {}

  static String write(Scope scope) {
    try {
      return JSON.writeValueAsString(scope.fields());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of texts is JSON", e);
    }
  }

  /// @throws IllegalArgumentException for a text that [#write] did not make
  static Scope read(String text) {
    try {
      Map<String, String> fields = JSON.readValue(text, FIELDS);
      if (fields == null || fields.containsValue(null))
        throw new IllegalArgumentException("not the fields of a scope");
      return Scope.of(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not the fields of a scope", e);
    }
  }
}
