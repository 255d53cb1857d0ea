package dev.backingservice;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/// The fields of text in a document.
public final class TextFields {
  private TextFields() {}

  /// Where they are.
  public static List<JsonPointer> of(JsonNode document) {
    var found = new ArrayList<JsonPointer>();
    collect(document, JsonPointer.empty(), found);
    return found;
  }

  /// A copy with another text in one of them.
  public static JsonNode with(JsonNode document, JsonPointer field, String text) {
    var copy = document.deepCopy();
    switch (copy.at(field.head())) {
      case ObjectNode object -> object.put(field.last().getMatchingProperty(), text);
      case ArrayNode array -> array.set(field.last().getMatchingIndex(), text);
      default -> throw new IllegalArgumentException("no such field: " + field);
    }
    return copy;
  }

  private static void collect(JsonNode node, JsonPointer at, List<JsonPointer> found) {
    switch (node) {
      case ObjectNode object ->
          object
              .fieldNames()
              .forEachRemaining(n -> collect(object.get(n), at.appendProperty(n), found));
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) collect(array.get(i), at.appendIndex(i), found);
      }
      default -> {
        if (node.isTextual()) found.add(at);
      }
    }
  }
}
