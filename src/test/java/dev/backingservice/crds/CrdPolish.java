package dev.backingservice.crds;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the annotations of the generator cannot say.
final class CrdPolish {
  private static final List<String> COLUMNS =
      List.of(
          "Engine",
          "Host",
          "Role",
          "Server",
          "Active",
          "Ready",
          "Reason",
          "Secure",
          "Attached",
          "Epoch",
          "Access",
          "Phase",
          "Login",
          "Available",
          "Age");
  private static final Set<String> LONGS = Set.of("observedGeneration", "epoch");
  private static final String PENDING =
      """
      conditions:
      - type: Ready
        status: Unknown
        reason: Pending
        message: Waiting for the operator
        lastTransitionTime: "1970-01-01T00:00:00Z"
      """;

  private CrdPolish() {}

  static void polish(CustomResourceDefinition crd) {
    crd.getSpec().getVersions().forEach(CrdPolish::polish);
    if (!crd.getSpec().getNames().getKind().equals("BackingService")) return;
    // servicebinding.io, section "Provisioned Service": status.binding.name leads to the Secret
    crd.getMetadata().setLabels(Map.of("servicebinding.io/provisioned-service", "true"));
    var root = crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
    root.getProperties().get("status").setDefault(Serialization.unmarshal(PENDING, JsonNode.class));
    root.setXKubernetesValidations(
        List.of(
            rule(
                "self.metadata.name.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$') && size(self.metadata.name) <= 50",
                "the name becomes part of volume and login names: at most 50 letters, digits and '-', without '.'")));
  }

  private static ValidationRule rule(String rule, String message) {
    var validation = new ValidationRule();
    validation.setRule(rule);
    validation.setMessage(message);
    return validation;
  }

  private static void polish(CustomResourceDefinitionVersion version) {
    var columns = new ArrayList<>(version.getAdditionalPrinterColumns());
    columns.sort(
        Comparator.comparing((CustomResourceColumnDefinition c) -> COLUMNS.indexOf(c.getName())));
    version.setAdditionalPrinterColumns(columns);
    var root = version.getSchema().getOpenAPIV3Schema();
    root.setRequired(List.of("spec"));
    polish("", root);
    var conditions = root.getProperties().get("status").getProperties().get("conditions");
    conditions.setXKubernetesListType("map");
    conditions.setXKubernetesListMapKeys(List.of("type"));
    conditions
        .getItems()
        .getSchema()
        .getProperties()
        .get("lastTransitionTime")
        .setFormat("date-time");
  }

  /// A record component's annotation lands on field and accessor: each rule comes twice.
  private static void polish(String name, JSONSchemaProps schema) {
    if (schema.getXKubernetesValidations() != null)
      schema.setXKubernetesValidations(
          new ArrayList<>(new LinkedHashSet<>(schema.getXKubernetesValidations())));
    if ("integer".equals(schema.getType()))
      schema.setFormat(LONGS.contains(name) ? "int64" : "int32");
    if (schema.getProperties() != null) schema.getProperties().forEach(CrdPolish::polish);
    if (schema.getItems() != null) polish("", schema.getItems().getSchema());
    if (schema.getAdditionalProperties() != null)
      polish("", schema.getAdditionalProperties().getSchema());
  }
}
