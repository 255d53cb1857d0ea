package dev.backingservice.chart;

/// The kinds of the Prometheus operator, as far as a test needs them: names, and any content.
final class MonitoringCrds {
  static final String YAML = crd("ServiceMonitor") + "---\n" + crd("PrometheusRule");

  private MonitoringCrds() {}

  private static String crd(String kind) {
    var singular = kind.toLowerCase(java.util.Locale.ROOT);
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
              openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
        """
        .formatted(singular, kind);
  }
}
