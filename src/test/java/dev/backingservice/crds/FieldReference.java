package dev.backingservice.crds;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The page of every field, made from the CRDs.
final class FieldReference {
  static final Path PAGE = Path.of("src/docs/fields.md");

  private FieldReference() {}

  static String page(Map<String, String> crds) {
    var page =
        new StringBuilder(
            """
            # Fields

            Made from the CRDs by `make crds`. What a field has to look like beyond its type, the API server says when it
            refuses one; `kubectl explain bsvc.spec` says the rest of this.
            """);
    for (var yaml : crds.values()) {
      var crd = Serialization.unmarshal(yaml, CustomResourceDefinition.class);
      var schema = crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
      for (var part : List.of("spec", "status")) {
        page.append("\n## %s: %s\n\n".formatted(crd.getSpec().getNames().getKind(), part));
        page.append("| field | type | default | meaning |\n|---|---|---|---|\n");
        rows(part, schema.getProperties().get(part), page);
      }
    }
    return page.toString();
  }

  private static void rows(String path, JSONSchemaProps schema, StringBuilder page) {
    var required = Objects.requireNonNullElse(schema.getRequired(), List.<String>of());
    for (var name :
        schema.getProperties().keySet().stream().sorted(Comparator.naturalOrder()).toList()) {
      var field = schema.getProperties().get(name);
      var full = path + "." + name;
      page.append(
          "| `%s`%s | %s | %s | %s |\n"
              .formatted(
                  full,
                  required.contains(name) ? ", required" : "",
                  type(field),
                  standard(field),
                  Objects.requireNonNullElse(field.getDescription(), "").replace("|", "\\|")));
      if (inner(field) != null) rows(full + (list(field) ? "[]" : ""), inner(field), page);
    }
  }

  private static JSONSchemaProps inner(JSONSchemaProps field) {
    var item = list(field) ? field.getItems().getSchema() : field;
    return item.getProperties() == null || item.getProperties().isEmpty() ? null : item;
  }

  private static boolean list(JSONSchemaProps field) {
    return "array".equals(field.getType());
  }

  private static String type(JSONSchemaProps field) {
    if (list(field)) return "list of " + type(field.getItems().getSchema());
    if (field.getAdditionalProperties() != null) return "map";
    if (field.getEnum() == null || field.getEnum().isEmpty()) return field.getType();
    var values = new ArrayList<String>();
    for (var value : field.getEnum()) values.add("`" + value.asText() + "`");
    return String.join(", ", values);
  }

  private static String standard(JSONSchemaProps field) {
    var value = field.getDefault();
    return value == null || value.isObject() ? "" : "`" + value.asText() + "`";
  }
}
