package dev.backingservice.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.LabelSelector;
import dev.backingservice.model.LabelSelector.Operator;
import dev.backingservice.model.LabelSelector.Requirement;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SelectorsTest {
  @Test
  void everyRequirementIsWritten() {
    var selector =
        new LabelSelector(
            List.of(
                new Requirement("app", Operator.In, Set.of("b", "a")),
                new Requirement("example.com/tier", Operator.NotIn, Set.of("x")),
                new Requirement("there", Operator.Exists, Set.of()),
                new Requirement("absent", Operator.DoesNotExist, Set.of())));
    assertThat(Selectors.write(selector))
        .isEqualTo("app in (a,b),example.com/tier notin (x),there,!absent");
  }

  @Test
  void theEmptySelectorIsEmpty() {
    assertThat(Selectors.write(new LabelSelector(List.of()))).isEmpty();
  }
}
