package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.sandbox.Sandbox;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Admission policies of the cluster that refuse what the operator has to write.
@Execution(ExecutionMode.CONCURRENT)
class ClusterPolicyIT {
  private static final String ROOT_KEY = "backing-service-root-key";

  @Test
  void aLeaderThatCannotRaiseItsTermGivesTheLeaseBackByStopping() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      var first = sandbox.startOperator(Map.of());
      var stage = new Stage(sandbox);
      stage.server(stage.blue);
      stage.attached(stage.blue, "");
      first.kill();
      refuse(stage, ROOT_KEY);

      // When
      var second = sandbox.startOperator(Map.of());

      // Then
      stage.eventually(() -> assertThat(second.alive()).isFalse());
      assertThat(second.log())
          .contains("the term cannot be raised: stopping at once")
          .doesNotContain("leading:");

      // When
      permit(stage);
      var third = sandbox.startOperator(Map.of());

      // Then
      stage.eventually(() -> assertThat(third.log()).contains("leading: term=2"));
      stage.eventually("Ready", "True/Ready");
    }
  }

  @Test
  void aServerWhoseCertificateCannotBeWrittenIsLookedAtAllTheSame() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      sandbox.startOperator(Map.of());
      var stage = new Stage(sandbox);
      var blue = stage.server(stage.blue);
      stage.attached(stage.blue, "");
      refuse(stage, stage.blue + "-tls");

      // When
      sandbox.apply(
          Sandbox.server(
              stage.blue,
              blue.port(),
              "{ca: {secretName: %1$s-ca}, serverCertificate: {secretName: %1$s-tls, dnsNames: [127.0.0.1]}}"
                  .formatted(stage.blue),
              "allowedNamespaces: {from: All}"));

      // Then
      stage.eventually(
          () ->
              assertThat(sandbox.operator().log())
                  .contains("refused: server=%s action=IssueCertificate".formatted(stage.blue)));
      blue.stop();
      stage.eventually(
          () ->
              assertThat(sandbox.serverCondition(stage.blue, "Reachable"))
                  .isEqualTo("False/ConnectionRefused"));

      // When
      permit(stage);

      // Then
      var issued =
          sandbox.admin().secrets().inNamespace(Sandbox.NAMESPACE).withName(stage.blue + "-tls");
      stage.eventually(() -> assertThat(issued.get()).isNotNull());
    }
  }

  private static void refuse(Stage stage, String secret) {
    var sandbox = stage.sandbox;
    sandbox.apply(
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: refuse}
        spec:
          matchConstraints:
            resourceRules:
              - {apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [secrets]}
          matchConditions: [{name: secret, expression: "object.metadata.name.startsWith('%s')"}]
          validations: [{expression: "false", message: nobody writes it}]
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: refuse}
        spec: {policyName: refuse, validationActions: [Deny]}
        """
            .formatted(secret));
    stage.eventually(
        () ->
            assertThatThrownBy(() -> sandbox.secret(secret + "-probe", Map.of("any", "thing")))
                .hasMessageContaining("nobody writes it"));
  }

  private static void permit(Stage stage) {
    var policies = stage.sandbox.admin().admissionRegistration().v1();
    policies.validatingAdmissionPolicyBindings().withName("refuse").delete();
    policies.validatingAdmissionPolicies().withName("refuse").delete();
  }
}
