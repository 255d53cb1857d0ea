package dev.backingservice.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Labels;
import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkloadReaderTest {
  private static final String VARIABLES = "{\"name\":\"A\"},".repeat(100_000);

  @ParameterizedTest
  @EnumSource(Kind.class)
  void oneIsRead(Kind kind) {
    var read = WorkloadReader.one(kind, workload(kind, ""));
    assertThat(read.key()).isEqualTo(new WorkloadKey(kind, "orders"));
    assertThat(read.uid()).isEqualTo("7");
    assertThat(read.whole()).isTrue();
    assertThat(read.epoch("db")).isEqualTo(3);
    assertThat(read.template().getSpec().getContainers()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void ofOneThatIsTooLargeOnlyItsNameAndEpochsAreRead(Kind kind) {
    var read = WorkloadReader.one(kind, workload(kind, VARIABLES));
    assertThat(read.key()).isEqualTo(new WorkloadKey(kind, "orders"));
    assertThat(read.uid()).isEqualTo("7");
    assertThat(read.epoch("db")).isEqualTo(3);
    assertThat(read.whole()).isFalse();
    assertThat(read.template().getSpec()).isNull();
    assertThat(read.managed()).isEmpty();
    assertThat(read.rolledOut("db")).isFalse();
    assertThat(read.halted()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aListGoesOnAfterOneThatIsTooLarge(Kind kind) {
    for (var variables : List.of("", VARIABLES)) {
      var page =
          WorkloadReader.page(
              kind,
              "{\"kind\":\"List\",\"metadata\":{\"continue\":\"token\"},\"items\":[%s]}"
                  .formatted(workload(kind, variables)));
      assertThat(page.next()).isEqualTo("token");
      assertThat(page.workloads()).hasSize(1);
      assertThat(page.workloads().getFirst().key().name()).isEqualTo("orders");
      assertThat(page.workloads().getFirst().whole()).isEqualTo(variables.isEmpty());
    }
  }

  @Test
  void theEndOfAListIsSeen() {
    var page =
        WorkloadReader.page(
            Kind.Deployment, "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}");
    assertThat(page.next()).isEmpty();
    assertThat(page.workloads()).isEmpty();
  }

  private static String workload(Kind kind, String variables) {
    var template =
        """
        {"metadata":{"annotations":{"%s":"3","other":"x"}},
         "spec":{"containers":[{"name":"app","env":[%s{"name":"Z"}]}]}}
        """
            .formatted(Labels.binding("db"), variables);
    var spec =
        kind == Kind.CronJob
            ? "{\"jobTemplate\":{\"spec\":{\"template\":%s}}}"
            : "{\"template\":%s}";
    return """
        {"metadata":{"name":"orders","uid":"7","labels":{"app":"orders"},
          "managedFields":[{"manager":"kubectl"}]},
         "spec":%s}
        """
        .formatted(spec.formatted(template));
  }
}
