package dev.backingservice.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.WorkloadSelector.Kind;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Managed fields as the API server writes them.
class OwnedFieldsTest {
  private static final String MANAGER = "backingservice.dev/orders-db";

  private static OwnedFields read(Kind kind, String fields) {
    var entry =
        Serialization.unmarshal(
            "{\"manager\":\"%s\",\"operation\":\"Apply\",\"fieldsV1\":%s}"
                .formatted(MANAGER, fields),
            ManagedFieldsEntry.class);
    return OwnedFields.read(List.of(entry), MANAGER, kind);
  }

  @Test
  void keysAreReadWithTheirEscapes() {
    var template =
        """
        {"f:metadata":{"f:annotations":{"f:backingservice.dev/orders-db":{}}},
         "f:spec":{"f:volumes":{"k:{\\"name\\":\\"backing-orders-db\\"}":{".":{}}},
          "f:initContainers":{"k:{\\"name\\":\\"migrate\\"}":{"f:env":{"k:{\\"name\\":\\"URL\\"}":{}}}},
          "f:containers":{"k:{\\"name\\":\\"app\\"}":{".":{},
           "f:volumeMounts":{"k:{\\"mountPath\\":\\"/srv/R\\\\u0026D\\"}":{".":{}}}}}}}
        """;
    var paths =
        List.of(
            "annotation backingservice.dev/orders-db",
            "volume backing-orders-db",
            "container migrate variable URL",
            "container app mount /srv/R&D");

    assertThat(
            read(Kind.Deployment, "{\"f:spec\":{\"f:template\":%s}}".formatted(template)).paths())
        .containsExactlyInAnyOrderElementsOf(paths);
    assertThat(
            read(
                    Kind.CronJob,
                    "{\"f:spec\":{\"f:jobTemplate\":{\"f:spec\":{\"f:template\":%s}}}}"
                        .formatted(template))
                .paths())
        .containsExactlyInAnyOrderElementsOf(paths);
    assertThat(read(Kind.CronJob, "{}").paths()).isEmpty();
  }
}
