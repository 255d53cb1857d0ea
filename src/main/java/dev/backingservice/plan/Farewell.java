package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Intent;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Standing;
import dev.backingservice.model.Standing.Holds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Detaches: withdraw from the workloads, fence, delete the Secret last. Deleting also removes the
/// logins. Nothing waits for a server that does not answer: what is owed to it becomes a debt.
final class Farewell {
  private static final Duration SLICE = Duration.ofSeconds(2);

  private final Facts f;
  private final Instant now;
  private final List<Action> actions = new ArrayList<>();
  private final List<Debt> debts;

  private Farewell(Facts f, Instant now) {
    this.f = f;
    this.now = now;
    this.debts = new ArrayList<>(f.debts());
  }

  static Plan plan(Facts f, Instant now) {
    return new Farewell(f, now).plan();
  }

  private Plan plan() {
    for (var workload : f.workloads())
      if (workload.carries()) actions.add(new Action.Withdraw(workload));
    byServer(published()).forEach(this::fence);
    if (deleting()) remove();
    if (!debts.isEmpty())
      actions.add(deleting() ? new Action.HandOver(debts) : new Action.Owe(debts));
    if (f.published().ours()) actions.add(new Action.Unpublish());
    if (!deleting()) actions.addAll(DesiredLogins.toRetain(f, now));
    prepared().ifPresent(this::tidy);
    actions.addAll(Debts.settle(f));
    return new Plan(f, new Swap.Settled(), actions, Optional.empty());
  }

  private boolean deleting() {
    return f.service().life() == Facts.Life.Deleting;
  }

  /// Every published login that may still log in somewhere: the active one, those of an overlap,
  /// and former ones without a proof.
  private List<Attachment> published() {
    var all = new ArrayList<Attachment>();
    f.active().ifPresent(all::add);
    Overlaps.open(f.memory().swap()).forEach(a -> add(all, a));
    f.memory().swap().lastMotion().filter(_ -> f.memory().swap().underWay()).stream()
        .flatMap(m -> m.left().stream())
        .forEach(a -> add(all, a));
    for (var retained : f.memory().retained())
      if (Fences.mayLogIn(f, retained)) add(all, retained.attachment());
    f.intent().ifPresent(intent -> found(intent.place(), all));
    prepared().ifPresent(p -> all.removeIf(p::sameLogin));
    return all;
  }

  /// What an attachment that was cut off left behind.
  private void found(Place like, List<Attachment> all) {
    for (var server : new TreeMap<>(f.servers()).values())
      server.answer().ifPresent(answer -> found(like.on(server.name()), answer, all));
  }

  private static void found(Place place, ServerFact.Sight.Answers answer, List<Attachment> all) {
    new TreeMap<>(answer.standing().logins())
        .forEach(
            (name, login) -> {
              if (login.holds() == Holds.Foreign || login.fenced()) return;
              var serverId = answer.identity().serverId();
              long epoch = Math.max(1, login.epoch());
              add(all, new Attachment(place, serverId, name, login.access(), epoch));
            });
  }

  private static void add(List<Attachment> all, Attachment at) {
    if (all.stream().noneMatch(at::sameLogin)) all.add(at);
  }

  private static Map<String, List<Attachment>> byServer(List<Attachment> logins) {
    var byServer = new LinkedHashMap<String, List<Attachment>>();
    for (var login : logins)
      byServer.computeIfAbsent(login.server(), _ -> new ArrayList<>()).add(login);
    return byServer;
  }

  /// Fences what is there. A server that does not answer, does not write, or is of another lineage
  /// owes the fence.
  private void fence(String server, List<Attachment> logins) {
    var answer = f.answer(server).filter(a -> a.identity().writable());
    var there = new ArrayList<Attachment>();
    for (var login : logins) {
      boolean here =
          answer.filter(a -> a.identity().serverId().equals(login.serverId())).isPresent();
      if (!here) owe(login);
      else if (standing(login).isPresent()) there.add(login);
    }
    if (!there.isEmpty()) actions.add(new Action.Fence(server, there, f.greatestEpoch(), SLICE));
  }

  private void owe(Attachment login) {
    if (debts.stream().anyMatch(d -> d.attachment().same(login))) return;
    debts.add(
        new Debt(
            login,
            now,
            Debts.running(f, login),
            login.server() + " did not answer when the service was detached"));
  }

  private Optional<Standing.Login> standing(Attachment login) {
    return f.answer(login.server())
        .flatMap(a -> a.standing().find(login.login()))
        .filter(l -> l.holds() != Holds.Foreign);
  }

  /// Removes every login of the service, on each server that can be asked.
  private void remove() {
    var all = new ArrayList<>(published());
    f.memory().retained().forEach(r -> add(all, r.attachment()));
    byServer(all).forEach(this::remove);
    boolean drops =
        f.intent().filter(i -> i.deletionPolicy() == Intent.DeletionPolicy.Delete).isPresent();
    for (var login : drops ? all : List.<Attachment>of())
      if (writable(login)) actions.add(new Action.Drop(login.place()));
  }

  private void remove(String server, List<Attachment> logins) {
    var absent =
        logins.stream()
            .filter(this::writable)
            .filter(l -> standing(l).isPresent())
            .map(l -> new Action.Desired(l, LoginState.Absent, f.greatestEpoch()))
            .toList();
    if (!absent.isEmpty()) actions.add(new Action.Ensure(server, absent));
  }

  private boolean writable(Attachment login) {
    return f.answer(login.server())
        .filter(a -> a.identity().takesWritesAs(login.serverId()))
        .isPresent();
  }

  /// The login that a swap had prepared and never published: nobody has its credential.
  private Optional<Attachment> prepared() {
    var swap = f.memory().swap();
    return swap.target().filter(_ -> swap.mayGoBack()).filter(t -> !f.published(t));
  }

  private void tidy(Attachment prepared) {
    if (writable(prepared) && standing(prepared).isPresent())
      actions.add(
          new Action.Tidy(
              prepared.server(),
              List.of(new Action.Desired(prepared, LoginState.Absent, f.greatestEpoch()))));
  }
}
