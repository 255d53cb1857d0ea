package dev.backingservice.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.WorkloadSelector.Kind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How far controllers say that their pods are.
class RolloutStatusTest {
  private static final Instant CHANGED = Instant.parse("2026-11-30T10:00:30Z");

  private static RolloutStatus of(Kind kind, String yaml) {
    var object =
        Serialization.unmarshal(
            "apiVersion: apps/v1\nkind: " + kind + "\nmetadata: {generation: 2}\n" + yaml,
            GenericKubernetesResource.class);
    return new RolloutStatus(kind, object);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Deployment  | spec: {paused: true} | kubectl rollout resume
          Deployment  | status: {conditions: [{type: Progressing, status: "False", reason: ProgressDeadlineExceeded, message: timed out}]} | ProgressDeadlineExceeded: timed out
          Deployment  | status: {conditions: [{type: ReplicaFailure, status: "True", reason: FailedCreate, message: exceeded quota}]} | exceeded quota
          StatefulSet | spec: {updateStrategy: {type: OnDelete}} | delete them
          StatefulSet | spec: {updateStrategy: {rollingUpdate: {partition: 3}}} | first 3 pods
          DaemonSet   | spec: {updateStrategy: {type: OnDelete}} | delete them
          """)
  void whatWillNotEndByItselfIsNamedWithItsCure(Kind kind, String yaml, String says) {
    assertThat(of(kind, yaml).halted().orElseThrow()).contains(says);
  }

  @Test
  void whatGoesOnIsNotHalted() {
    assertThat(
            of(
                    Kind.Deployment,
                    "status: {conditions: [{type: Progressing, status: 'True', reason: x, message: y}]}")
                .halted())
        .isEmpty();
    assertThat(
            of(Kind.StatefulSet, "spec: {updateStrategy: {rollingUpdate: {partition: 0}}}")
                .halted())
        .isEmpty();
    assertThat(of(Kind.CronJob, "status: {active: [{name: a-1}]}").halted()).isEmpty();
  }

  /// 2026-11-30T10:00Z is minute 29933880 of the epoch.
  @ParameterizedTest
  @CsvSource({
    "'[]', true",
    "'[{name: orders-29933881}]', true",
    "'[{name: orders-29933880}]', false",
    "'[{name: orders-29933881}, {name: orders-29933820}]', false",
    "'[{name: by-hand}]', false"
  })
  void aCronJobRunsItsBindingWhenNoJobFromBeforeIsLeft(String active, boolean done) {
    var status = of(Kind.CronJob, "status: {active: %s}".formatted(active));

    assertThat(status.done(Optional.of(CHANGED))).isEqualTo(done);
    assertThat(status.done(Optional.empty())).isTrue();
  }
}
