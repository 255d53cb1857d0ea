package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Ports;
import dev.backingservice.sandbox.Waiting;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Admission that refuses binding Secrets, before and in the middle of a swap.
class SecretAdmissionIT {
  /// Denies one content of a Secret, as policies do: another one passes.
  private static final String POLICY =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: %1$s}
      spec:
        failurePolicy: Fail
        matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [UPDATE], resources: [secrets]}]}
        validations:
        - expression: "object.metadata.namespace != '%1$s' || object.metadata.annotations['backingservice.dev/server'] != '%2$s'"
          message: "not there"
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: %1$s}
      spec: {policyName: %1$s, validationActions: [Deny]}
      """;

  /// Nobody answers there, and nothing passes without an answer.
  private static final String WEBHOOK =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingWebhookConfiguration
      metadata: {name: %1$s}
      webhooks:
      - name: down.example.org
        clientConfig: {url: "https://127.0.0.1:%2$d/"}
        failurePolicy: Fail
        sideEffects: None
        timeoutSeconds: 1
        admissionReviewVersions: [v1]
        namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
        rules: [{apiGroups: [""], apiVersions: [v1], operations: [UPDATE], resources: [secrets]}]
      """;

  @Test
  void whatAPolicyWillRefuseIsFoundBeforeTheFence() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "");
    stage.sandbox.apply(POLICY.formatted(stage.namespace, stage.green));
    Waiting.until("the policy", () -> !stage.sandbox.dryRun(secret(stage, stage.green)).isEmpty());

    try (var session = stage.session(blue)) {
      // When
      stage.swap(stage.green);

      // Then
      stage.eventually("Provisioned", "False/SecretNotOwned");
      assertThat(stage.message("Provisioned")).contains("cannot be written", "not there");
      assertThat(stage.condition("Available")).isEqualTo("True/Available");
      assertThat(session.isValid(1)).isTrue();
    }

    // When
    stage.kubectl("", "delete", "validatingadmissionpolicybinding", stage.namespace);

    // Then
    stage.eventuallyOn(stage.green);
  }

  private static String secret(Stage stage, String server) {
    return """
        apiVersion: v1
        kind: Secret
        metadata: {name: orders-db, namespace: %s, annotations: {backingservice.dev/server: %s}}
        """
        .formatted(stage.namespace, server);
  }

  @Test
  void aWebhookThatIsDownInTheMiddleOfASwapBringsTheOldLoginBack() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "swap: {fenceTimeout: 6s}");
    var login = stage.bound("username");
    try (var _ = stage.frozen(blue)) {
      stage.swap(stage.green);
      stage.eventually(() -> assertThat(phase(stage)).isEqualTo("Fence"));
      stage.sandbox.apply(WEBHOOK.formatted(stage.namespace, Ports.free()));
      Waiting.until("the webhook", () -> !stage.sandbox.dryRun(touched(stage)).isEmpty());
    }

    // Then: what is tried in vain is undone
    stage.eventually(() -> assertThat(phase(stage)).isEqualTo("Aborting"));

    // When
    stage.kubectl("", "delete", "validatingwebhookconfiguration", stage.namespace);

    // Then
    stage.eventually(() -> assertThat(Stage.canLogin(blue, login)).isTrue());
    stage.eventually(() -> assertThat(phase(stage)).isEqualTo("Aborting"));
    assertThat(stage.bound("username")).isEqualTo(login);

    // When
    stage.annotate("backingservice.dev/retry", "1");

    // Then
    stage.eventuallyOn(stage.green);
  }

  private static String phase(Stage stage) {
    var swap = stage.status().swap();
    return swap == null ? "" : String.valueOf(swap.phase());
  }

  private static String touched(Stage stage) {
    return """
        apiVersion: v1
        kind: Secret
        metadata: {name: orders-db, namespace: %s, labels: {touched: "1"}}
        """
        .formatted(stage.namespace);
  }

  @Test
  void aSecretThatIsDeletedIsBackWithinAMinute() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var password = stage.bound("password");

    // When
    stage.sandbox.admin().secrets().inNamespace(stage.namespace).withName("orders-db").delete();

    // Then
    Waiting.until("the Secret", Duration.ofMinutes(1), () -> stage.secret() != null);
    assertThat(stage.bound("password")).isEqualTo(password);
  }
}
