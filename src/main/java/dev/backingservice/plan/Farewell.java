package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Word;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Detaches: withdraw from the workloads, fence, delete the Secret last. Deleting also removes
/// the logins. Nothing waits for a server that does not answer: what is owed to it becomes a
/// debt.
final class Farewell {
  private static final Duration SLICE = Duration.ofSeconds(2);

  private Farewell() {}

  static Plan plan(Facts f, Instant now) {
    var actions = new ArrayList<Action>();
    for (var workload : f.workloads())
      if (workload.carries()) actions.add(new Action.Withdraw(workload));
    var debts = new ArrayList<>(f.debts());
    for (var attachment : attachments(f)) fence(f, attachment, now, actions, debts);
    if (!debts.isEmpty())
      actions.add(
          f.service().life() == Facts.Life.Deleting
              ? new Action.HandOver(debts)
              : new Action.Owe(debts));
    if (f.published() instanceof Published.Binding) actions.add(new Action.Unpublish());
    actions.addAll(Debts.settle(f));
    return new Plan(f, new Swap.Settled(), actions, Optional.empty());
  }

  /// Every login that may exist somewhere.
  private static Set<Attachment> attachments(Facts f) {
    var all = new LinkedHashSet<Attachment>();
    f.active().ifPresent(all::add);
    f.memory().swap().target().ifPresent(all::add);
    f.memory().retained().forEach(r -> all.add(r.attachment()));
    return all;
  }

  private static void fence(
      Facts f, Attachment attachment, Instant now, List<Action> actions, List<Debt> debts) {
    var server = f.server(attachment.server());
    var answer = server.flatMap(ServerFact::answer).filter(a -> a.identity().writable());
    boolean live = f.active().filter(attachment::equals).isPresent();
    if (answer.isEmpty()) {
      if (live || f.memory().swap().target().filter(attachment::equals).isPresent())
        debts.add(
            new Debt(
                attachment,
                now,
                attachment.server() + " did not answer when the service was detached"));
      return;
    }
    if (!answer.get().standing().logins().containsKey(attachment.login())) return;
    if (live) actions.add(new Action.Fence(attachment, SLICE));
    if (f.service().life() == Facts.Life.Deleting)
      actions.add(
          new Action.Ensure(
              attachment.server(), List.of(new Action.Desired(attachment, Word.Absent))));
  }
}
