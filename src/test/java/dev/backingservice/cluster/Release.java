package dev.backingservice.cluster;

import dev.backingservice.chart.Helm;
import dev.backingservice.image.Image;
import dev.backingservice.sandbox.Kubectl;
import dev.backingservice.sandbox.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/// The operator as its chart installs it: what `helm` does.
final class Release {
  static final String NAME = "backing-service-operator";

  private final Site site;
  private final Operators operators;

  Release(Site site) {
    this.site = site;
    this.operators = new Operators(site);
  }

  Operators operators() {
    return operators;
  }

  void install() throws Exception {
    // the servers of the example admit namespaces with this label: helm's test is to attach to one
    site.kubectl()
        .apply(
            """
            apiVersion: v1
            kind: Namespace
            metadata:
              name: %s
              labels: {team: orders, pod-security.kubernetes.io/enforce: restricted}
            """
                .formatted(Kubectl.NAMESPACE));
    helm("install", "--wait", "--timeout", "3m");
    Waiting.until("a leader", () -> operators.leader() != null);
  }

  /// The new CRDs first, as the documentation says; helm leaves them alone.
  void upgrade(String value) throws Exception {
    try (var crds = Files.list(Helm.CHART.resolve("crds"))) {
      for (var crd : crds.toList()) site.kubectl().apply(Files.readString(crd));
    }
    helm(
        "upgrade",
        "--reuse-values",
        "--wait",
        "--timeout",
        "3m",
        "--set",
        value,
        "--set",
        "test.server=" + Databases.GREEN);
  }

  /// Runs the chart's own test against a server, in a namespace.
  ///
  /// @return what it saw
  String test(String namespace) throws Exception {
    run("test", NAME, "--namespace", Kubectl.NAMESPACE, "--timeout", "2m");
    return site.client().pods().inNamespace(namespace).withName(NAME + "-test").getLog();
  }

  void uninstall() throws Exception {
    run(
        "uninstall",
        NAME,
        "--ignore-not-found",
        "--namespace",
        Kubectl.NAMESPACE,
        "--wait",
        "--timeout",
        "2m");
    Waiting.until("no operator", () -> operators.pods().isEmpty());
  }

  private void helm(String what, String... more) throws Exception {
    var arguments =
        new ArrayList<>(
            List.of(
                what,
                NAME,
                Helm.CHART.toString(),
                "--namespace",
                Kubectl.NAMESPACE,
                "--set",
                "image.repository=" + site.image(Image.NAME).replaceAll(":[^:/]*$", ""),
                "--set",
                "image.pullPolicy=" + site.pullPolicy()));
    // ids as OpenShift assigns them
    for (var value :
        List.of(
            "runAsNonRoot=true",
            "runAsUser=1000650000",
            "runAsGroup=0",
            "fsGroup=1000650000",
            "seccompProfile.type=RuntimeDefault"))
      arguments.addAll(List.of("--set", "podSecurityContext." + value));
    arguments.addAll(List.of(more));
    run(arguments.toArray(String[]::new));
  }

  private String run(String... arguments) throws Exception {
    var command = new ArrayList<>(List.of(arguments));
    command.addAll(List.of("--kubeconfig", site.kubeconfig().toString()));
    var said = Helm.run(command.toArray(String[]::new));
    if (said.status() != 0)
      throw new IOException("helm %s: %s".formatted(arguments[0], said.text()));
    return said.text();
  }
}
