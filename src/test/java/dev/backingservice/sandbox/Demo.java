package dev.backingservice.sandbox;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// The whole product doing its job: attach, write through the binding, swap under the writer,
/// detach, attach again. Ends with 0 only when no acknowledged write was lost and none reached
/// the old server after the cut.
public final class Demo {
  private static final Path EXAMPLES = Path.of("operator/examples/postgresql");
  private static final String NAMESPACE = "shop";
  private static final String SERVICE = "orders-db";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private final Sandbox sandbox;
  private final long began = System.nanoTime();

  private Demo(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  public static void main(String... args) {
    Program.run(Demo::show);
  }

  private static boolean show() throws Exception {
    System.out.println(
        "Starting a Kubernetes control plane and two PostgreSQL servers on loopback ...");
    boolean good;
    try (var sandbox = Sandbox.start()) {
      good = new Demo(sandbox).play();
    }
    System.out.println(good ? "\nThe demo did what it promises." : "\nTHE DEMO FAILED.");
    return good;
  }

  private boolean play() throws Exception {
    servers(sandbox);
    sandbox.with(new Kubelet(sandbox.plane()));
    sandbox.startOperator(Map.of());
    say("The operator runs as its own process, under exactly operator/rbac/.");
    say("The sandbox has no kubelet: rollouts are played, everything else is real.");
    apply("2-application.yaml");
    sandbox.developers(NAMESPACE);
    apply("3-service.yaml");
    until("Ready and rolled out", () -> is("Ready", "True") && is("RolledOut", "True"));
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
        "--sort-by=.metadata.creationTimestamp",
        "-o",
        "custom-columns=REASON:.reason,NOTE:.message");
    return swapped && back;
  }

  /// Two servers with the same tables, registered as the examples register them.
  static void servers(Sandbox sandbox) throws Exception {
    var yaml = Files.readString(EXAMPLES.resolve("1-servers.yaml"));
    for (var color : List.of("blue", "green")) {
      var server = sandbox.database("orders-" + color, 17).withDatabase("orders");
      server.execute(
          "orders",
          "CREATE TABLE writes (id bigint PRIMARY KEY)",
          "ALTER TABLE writes OWNER TO bs_admin");
      yaml =
          yaml.replace(
              "host: %s.db.internal\n  port: 5432".formatted(color),
              "host: 127.0.0.1\n  port: " + server.port());
    }
    sandbox.apply(yaml);
  }

  private boolean swap(KubernetesClient client) throws Exception {
    try (var writer = Writer.start(client, NAMESPACE, SERVICE, 8)) {
      say("A writer with 8 sessions follows the binding and nothing else.");
      until("500 writes acknowledged", () -> writer.ledger().size() > 500);
      say(
          "kubectl patch bsvc orders-db -n shop --type merge -p '{\"spec\":{\"server\":\"orders-green\"}}'");
      long edited = System.nanoTime();
      sandbox.swap(NAMESPACE, SERVICE, "orders-green");
      until("the binding switched", () -> "orders-green".equals(bound()));
      say("Edit to switched binding: %d ms.".formatted((System.nanoTime() - edited) / 1_000_000));
      until("rolled out", () -> is("Ready", "True") && is("RolledOut", "True"));
      int now = writer.ledger().size();
      until("500 more writes", () -> writer.ledger().size() > now + 500);
      writer.close();
      kubectl("get", "bsvc", "-A");
      var ledger =
          Ledger.judge(writer, sandbox.postgres("orders-blue"), sandbox.postgres("orders-green"));
      say(
          "Ledger: %d writes acknowledged, %d on blue, %d on green; lost: %d; on blue after the cut: %d."
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
        "kubectl patch bsvc orders-db -n shop --type merge -p '{\"spec\":{\"state\":\"Detached\"}}'");
    sandbox.patch(NAMESPACE, SERVICE, "{\"spec\":{\"state\":\"Detached\"}}");
    until("detached, the Secret gone", () -> bound() == null && is("Ready", "False"));
    kubectl("get", "bsvc", "-A");
    say("... and Attached again.");
    sandbox.patch(NAMESPACE, SERVICE, "{\"spec\":{\"state\":\"Attached\"}}");
    until("attached again", () -> bound() != null && is("Ready", "True"));
    kubectl("get", "bsvc", "-A");
    return true;
  }

  private String bound() {
    var secret = sandbox.admin().secrets().inNamespace(NAMESPACE).withName(SERVICE).get();
    return secret == null
        ? null
        : secret.getMetadata().getAnnotations().get("backingservice.dev/server");
  }

  private boolean is(String condition, String status) {
    return sandbox.condition(NAMESPACE, SERVICE, condition).startsWith(status + "/");
  }

  private void apply(String... files) throws IOException {
    for (var file : files) {
      say("kubectl apply -f " + EXAMPLES.resolve(file));
      sandbox.apply(Files.readString(EXAMPLES.resolve(file)));
    }
  }

  private void until(String what, Callable<Boolean> reached) throws Exception {
    try {
      Waiting.until(what, PATIENCE, reached);
    } catch (IllegalStateException e) {
      System.out.println(sandbox.yaml(sandbox.service(NAMESPACE, SERVICE).getStatus()));
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
