package dev.backingservice.chart;

import java.util.Locale;

/// The kinds of the Prometheus operator with the fields that the chart may use, from its API
/// reference (monitoring.coreos.com/v1); another field, or one of another type, is refused.
final class MonitoringCrds {
  private static final String TEXT = "{type: string}";
  private static final String TEXTS = "{type: object, additionalProperties: {type: string}}";
  private static final String DURATION =
      "{type: string, pattern: '^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$'}";

  private static final String MONITOR =
      """
      {type: object, required: [selector, endpoints], properties: {
        selector: {type: object, properties: {matchLabels: %1$s}},
        endpoints: {type: array, items: {type: object, properties: {
          port: %2$s, path: %2$s, interval: %3$s}}}}}"""
          .formatted(TEXTS, TEXT, DURATION);

  private static final String RULE =
      """
      {type: object, properties: {groups: {type: array, items: {type: object, required: [name], properties: {
        name: {type: string, minLength: 1},
        rules: {type: array, items: {type: object, required: [expr], properties: {
          alert: %2$s, expr: %2$s, for: %3$s, labels: %1$s, annotations: %1$s}}}}}}}}"""
          .formatted(TEXTS, TEXT, DURATION);

  static final String YAML = crd("ServiceMonitor", MONITOR) + "---\n" + crd("PrometheusRule", RULE);

  private MonitoringCrds() {}

  private static String crd(String kind, String spec) {
    var singular = kind.toLowerCase(Locale.ROOT);
    return """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: %1$ss.monitoring.coreos.com}
        spec:
          group: monitoring.coreos.com
          scope: Namespaced
          names: {kind: %2$s, plural: %1$ss, singular: %1$s}
          versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                required: [spec]
                properties:
                  spec: %3$s
        """
        .formatted(singular, kind, spec.replace("\n", " "));
  }
}
