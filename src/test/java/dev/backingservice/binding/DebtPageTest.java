package dev.backingservice.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Place;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServerDebt;
import dev.backingservice.model.ServiceId;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What services owed when they went, one Secret for each server.
class DebtPageTest {
  private static final ServerDebt OWED =
      new ServerDebt(
          new ServiceId("shop", "orders-db", "uid"),
          new Debt(
              new Attachment(
                  new Place("blue", new Scope.Schema("orders", "public")),
                  "L1",
                  "login_a",
                  Access.Owner,
                  3),
              Instant.parse("2026-01-01T00:00:00Z"),
              "I1@1",
              "it did not answer"));

  @Test
  void whatIsWrittenIsReadAgain() {
    var page = DebtPage.write("operators", "blue", List.of(OWED, OWED.ofPredecessor()));

    assertThat(page.getMetadata().getName()).isEqualTo("backingservice-debts-blue");
    assertThat(page.getMetadata().getNamespace()).isEqualTo("operators");
    assertThat(page.getMetadata().getLabels())
        .containsEntry("app.kubernetes.io/managed-by", "backing-service-operator");
    assertThat(DebtPage.read(Optional.of(page))).containsExactly(OWED, OWED.ofPredecessor());
  }

  @Test
  void nothingIsOwedWhereNothingIsWritten() {
    assertThat(DebtPage.read(Optional.empty())).isEmpty();
    assertThat(DebtPage.read(Optional.of(new SecretBuilder().build()))).isEmpty();
    assertThat(
            DebtPage.read(Optional.of(new SecretBuilder().withData(Map.of("other", "")).build())))
        .isEmpty();
  }

  @Test
  void aPageThatNobodyCanReadIsNotTakenForAnEmptyOne() {
    for (var text : List.of("e30=", "bnVsbA==", "W251bGxd", "W3t9XQ==")) {
      var page = Optional.of(new SecretBuilder().withData(Map.of("debts", text)).build());
      assertThatThrownBy(() -> DebtPage.read(page)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
