package dev.backingservice.act;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Place;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServerDebt;
import dev.backingservice.model.ServiceId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a page of debts says when services are deleted one after the other.
class DebtBookTest {
  private static final ServiceId ORDERS = new ServiceId("shop", "orders-db", "uid-1");
  private static final Debt DEBT =
      new Debt(
          new Attachment(
              new Place("blue", new Scope.Schema("orders", "public")),
              "L1",
              "bs_orders_a",
              Access.ReadWrite,
              1),
          Instant.EPOCH,
          "A/1@1",
          "it did not answer");
  static final ServerDebt OWED = new ServerDebt(ORDERS, DEBT);

  @Test
  void theSameLoginIsOwedOnce() {
    var page = DebtBook.with(List.of(), ORDERS, List.of(DEBT));

    assertThat(DebtBook.with(page, ORDERS, List.of(DEBT))).containsExactly(OWED);
  }

  @Test
  void aDebtOfAPredecessorStaysOneWhenAnotherObjectOfTheNameOwedTheSame() {
    var page = List.of(new ServerDebt(new ServiceId("shop", "orders-db", "uid-0"), DEBT));

    assertThat(DebtBook.with(page, ORDERS, List.of(DEBT.ofPredecessor())))
        .singleElement()
        .satisfies(owed -> assertThat(owed.debt().predecessor()).isTrue());
  }
}
