package dev.backingservice.act;

import dev.backingservice.binding.DebtPage;
import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Debt;
import dev.backingservice.model.ServerDebt;
import dev.backingservice.model.ServiceId;
import dev.backingservice.plan.Debts;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Writes down the debts of services that are gone. Each change is guarded by the version that was
/// read.
public final class DebtBook {
  /// Of one namespace on one page; a Secret holds more than 10,000.
  static final int MOST = 1024;

  private final Secrets secrets;
  private final String namespace;

  /// @param namespace the operator's own
  public DebtBook(Secrets secrets, String namespace) {
    this.secrets = secrets;
    this.namespace = namespace;
  }

  /// @return whether they are written down; a page has an end, and no namespace fills it
  boolean add(ServiceId service, String server, List<Debt> debts) {
    var page = secrets.find(namespace, DebtPage.name(server));
    var before = DebtPage.read(page);
    var all = with(before, service, debts);
    if (all.size() > before.size() && owedBy(service.namespace(), all) > MOST) return false;
    write(server, page, all);
    return true;
  }

  /// What a page says when more is owed: the same login once by the same running server, which is a
  /// predecessor for good once it was one.
  static List<ServerDebt> with(List<ServerDebt> page, ServiceId service, List<Debt> debts) {
    var all = new ArrayList<>(page);
    for (var debt : debts) {
      if (debt.predecessor())
        all.replaceAll(known -> owes(known, service, debt) ? known.ofPredecessor() : known);
      if (all.stream().noneMatch(known -> owes(known, service, debt)))
        all.add(new ServerDebt(service, debt));
    }
    return all;
  }

  private static long owedBy(String namespace, Collection<ServerDebt> debts) {
    return debts.stream().filter(d -> d.service().namespace().equals(namespace)).count();
  }

  /// A service that is created again under its name has the same logins.
  private static boolean owes(ServerDebt known, ServiceId service, Debt debt) {
    return known.service().toString().equals(service.toString())
        && Debts.covers(known.debt(), debt);
  }

  void remove(String server, List<ServerDebt> debts) {
    change(server, all -> all.removeAll(debts));
  }

  void replace(String server, ServerDebt debt, ServerDebt other) {
    change(server, all -> all.replaceAll(d -> d.equals(debt) ? other : d));
  }

  private void change(String server, Consumer<List<ServerDebt>> edit) {
    var page = secrets.find(namespace, DebtPage.name(server));
    var all = new ArrayList<>(DebtPage.read(page));
    edit.accept(all);
    write(server, page, all);
  }

  /// An empty page is taken out.
  private void write(String server, Optional<Secret> page, List<ServerDebt> debts) {
    if (debts.equals(DebtPage.read(page))) return;
    if (debts.isEmpty()) {
      page.ifPresent(secrets::delete);
      return;
    }
    var written = DebtPage.write(namespace, server, debts);
    if (page.isEmpty()) secrets.create(written);
    else secrets.replace(written, page.get().getMetadata().getResourceVersion());
  }
}
