package dev.backingservice.sandbox;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/// The whole product doing its job: attach, write through the binding, swap under the writer,
/// detach, attach again. Ends with 0 only when no acknowledged write was lost and none reached
/// the old server after the cut.
public final class Demo {
  private static final String NAMESPACE = "shop";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private final Sandbox sandbox;
  private final Scene scene;
  private final Map<String, Books> servers = new TreeMap<>();
  private final long began = System.nanoTime();

  private Demo(Sandbox sandbox, Scene scene) {
    this.sandbox = sandbox;
    this.scene = scene;
  }

  /// @param args the engine; PostgreSQL without one
  public static void main(String... args) {
    Program.run(() -> show(Scene.of(args)));
  }

  private static boolean show(Scene scene) throws Exception {
    System.out.println(
        "Starting a Kubernetes control plane and %s on loopback ...".formatted(scene.servers()));
    boolean good;
    try (var sandbox = Sandbox.start()) {
      good = new Demo(sandbox, scene).play();
    }
    System.out.println(good ? "\nThe demo did what it promises." : "\nTHE DEMO FAILED.");
    return good;
  }

  private boolean play() throws Exception {
    for (var color : Scene.COLORS) servers.put(color, scene.start(sandbox, scene.prefix() + color));
    sandbox.apply(scene.registered(servers));
    sandbox.with(new Kubelet(sandbox.plane()));
    sandbox.startOperator(Map.of());
    say("The operator runs as its own process, under exactly operator/rbac/.");
    say("The sandbox has no kubelet: rollouts are played, everything else is real.");
    apply("2-application.yaml");
    sandbox.developers(NAMESPACE);
    apply("3-service.yaml");
    until("Ready and rolled out", () -> is("Ready", "True") && is("RolledOut", "True"));
    until(
        "both servers Ready",
        () -> servers.keySet().stream().allMatch(color -> serverReady(scene.prefix() + color)));
    kubectl("get", "bsrv");
    kubectl("get", "bsvc", "-A", "-o", "wide");
    kubectl(
        "get",
        "deployment",
        "orders",
        "-n",
        NAMESPACE,
        "-o",
        "jsonpath={.spec.template.spec.containers[0].env}{\"\\n\"}");
    boolean swapped;
    try (var client = sandbox.plane().client(ControlPlane.User.Admin)) {
      swapped = swap(client);
    }
    boolean back = detachAndBack();
    System.out.println("\nWhat the operator told:");
    kubectl(
        "get",
        "events",
        "-n",
        NAMESPACE,
        "--field-selector=involvedObject.name=" + scene.service(),
        "--sort-by=.eventTime",
        "-o",
        "custom-columns=REASON:.reason,NOTE:.message");
    return swapped && back;
  }

  private boolean swap(KubernetesClient client) throws Exception {
    var green = scene.prefix() + "green";
    try (var writer = Writer.start(client, NAMESPACE, scene.service(), 8)) {
      say("A writer with 8 sessions follows the binding and nothing else.");
      until("500 writes acknowledged", () -> writer.ledger().size() > 500);
      say(
          "kubectl patch bsvc %s -n shop --type merge -p '{\"spec\":{\"server\":\"%s\"}}'"
              .formatted(scene.service(), green));
      long edited = System.nanoTime();
      sandbox.swap(NAMESPACE, scene.service(), green);
      until("the binding switched", () -> green.equals(bound()));
      say("Edit to switched binding: %d ms.".formatted((System.nanoTime() - edited) / 1_000_000));
      until("rolled out", () -> is("Ready", "True") && is("RolledOut", "True"));
      int now = writer.ledger().size();
      until("500 more writes", () -> writer.ledger().size() > now + 500);
      writer.close();
      kubectl("get", "bsvc", "-A");
      var ledger = Ledger.judge(writer, servers.get("blue"), servers.get("green"));
      say(
          "Ledger: %d writes acknowledged, %d on blue, %d on green; lost: %d; on blue after the cut: %d. What arrived and was not acknowledged counts on its server alone."
              .formatted(
                  ledger.acknowledged(),
                  ledger.onOld(),
                  ledger.onNew(),
                  ledger.lost(),
                  ledger.onOldAfterCut()));
      return ledger.lost() == 0 && ledger.onOldAfterCut() == 0 && ledger.onNew() > 0;
    }
  }

  private boolean detachAndBack() throws Exception {
    say(
        "kubectl patch bsvc %s -n shop --type merge -p '{\"spec\":{\"state\":\"Detached\"}}'"
            .formatted(scene.service()));
    sandbox.patch(NAMESPACE, scene.service(), "{\"spec\":{\"state\":\"Detached\"}}");
    until("detached, the Secret gone", () -> bound() == null && is("Ready", "False"));
    kubectl("get", "bsvc", "-A");
    say("... and Attached again.");
    sandbox.patch(NAMESPACE, scene.service(), "{\"spec\":{\"state\":\"Attached\"}}");
    until("attached again", () -> bound() != null && is("Ready", "True"));
    kubectl("get", "bsvc", "-A");
    return true;
  }

  private String bound() {
    var secret = sandbox.admin().secrets().inNamespace(NAMESPACE).withName(scene.service()).get();
    return secret == null
        ? null
        : secret.getMetadata().getAnnotations().get("backingservice.dev/server");
  }

  private boolean serverReady(String server) {
    return sandbox.serverCondition(server, "Ready").startsWith("True/");
  }

  private boolean is(String condition, String status) {
    return sandbox.condition(NAMESPACE, scene.service(), condition).startsWith(status + "/");
  }

  private void apply(String... files) throws IOException {
    for (var file : files) {
      say("kubectl apply -f " + scene.examples().resolve(file));
      sandbox.apply(Files.readString(scene.examples().resolve(file)));
    }
  }

  private void until(String what, Callable<Boolean> reached) throws Exception {
    try {
      Waiting.until(what, PATIENCE, reached);
    } catch (IllegalStateException e) {
      System.out.println(sandbox.yaml(sandbox.service(NAMESPACE, scene.service()).getStatus()));
      System.out.println(sandbox.operator().log());
      throw e;
    }
    say("Reached: " + what + ".");
  }

  private void kubectl(String... arguments) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                sandbox.plane().kubectl().toString(),
                "--kubeconfig",
                sandbox.kubeconfig().toString()));
    command.addAll(List.of(arguments));
    System.out.println("$ kubectl " + String.join(" ", arguments));
    new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  private void say(String sentence) {
    System.out.printf("%6.1f s  %s%n", (System.nanoTime() - began) / 1e9, sentence);
  }
}
