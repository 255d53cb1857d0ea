package dev.backingservice.plan;

import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Intent;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Standing.Holds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Detaches: withdraw from the workloads, fence, delete the Secret last. Deleting also removes the
/// logins. Nothing waits for a server that does not answer: what is owed to it becomes a debt.
/// Where the tenant hands the credential over, there is nothing to fence or to remove.
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
    if (f.given()) withdraw();
    else fence();
    return new Plan(f, new Swap.Settled(), actions, Optional.empty());
  }

  private void withdraw() {
    if (f.published().ours()) actions.add(new Action.Unpublish());
  }

  private void fence() {
    published().forEach(this::fence);
    f.memory()
        .active()
        .filter(a -> Promotions.later(f, a.attachment(), a.running()))
        .ifPresent(this::predecessors);
    if (deleting()) {
      f.memory().retained().stream()
          .filter(r -> Promotions.behindItsName(f, r))
          .forEach(r -> predecessor(r.attachment(), r.running()));
      published().forEach(this::underItsName);
      f.memory().retained().stream()
          .filter(r -> Promotions.underAnotherName(f, r))
          .forEach(r -> owe(r.attachment(), ""));
      prepared().filter(p -> !writable(p.server(), p)).ifPresent(this::owe);
      Unasked.of(f).forEach(name -> f.server(name).ifPresent(this::unasked));
    }
    if (deleting() && !debts.isEmpty()) actions.add(new Action.HandOver(debts));
    else if (!debts.equals(f.debts())) actions.add(new Action.Owe(debts));
    withdraw();
    if (!deleting()) {
      DesiredLogins.toRetain(f, now).forEach(this::once);
      prepared().ifPresent(this::tidy);
    }
    Debts.settle(f).forEach(this::once);
    if (deleting()) {
      all().forEach(this::remove);
      drop();
    }
  }

  /// A login that this plan fences is not fenced a second time.
  private void once(Action action) {
    boolean fenced =
        action instanceof Action.Settle(_, var at, _)
            && actions.stream().anyMatch(earlier -> earlier.fences(at));
    if (!fenced) actions.add(action);
  }

  private boolean deleting() {
    return f.service().life() == Facts.Life.Deleting;
  }

  /// Every published login that may still log in somewhere, by the server that it is reached
  /// on: the active one, those of an overlap, former ones without a proof, and what an
  /// attachment that was cut off left behind.
  private Map<String, List<Attachment>> published() {
    var logins = new LinkedHashMap<String, List<Attachment>>();
    f.active().ifPresent(at -> add(logins, at));
    Overlaps.open(f.memory().swap()).forEach(at -> add(logins, at));
    f.memory().swap().lastMotion().filter(_ -> f.memory().swap().underWay()).stream()
        .flatMap(m -> m.left().stream())
        .forEach(at -> add(logins, at));
    for (var retained : f.memory().retained())
      if (Fences.mayLogIn(f, retained)) add(logins, retained.attachment());
    for (var found : found())
      if (!found.login().fenced()) add(logins, found.server(), found.attachment());
    prepared().ifPresent(p -> forget(logins, p));
    return logins;
  }

  private List<FoundLogins> found() {
    return f.intent().map(i -> FoundLogins.on(f, i.place())).orElse(List.of());
  }

  private void add(Map<String, List<Attachment>> logins, Attachment at) {
    add(logins, Fences.via(f, at), at);
  }

  /// One running server is asked by one of its names.
  private void add(Map<String, List<Attachment>> logins, String server, Attachment at) {
    var name =
        logins.keySet().stream()
            .filter(known -> Promotions.oneInstance(f, known, server))
            .findFirst()
            .orElse(server);
    var there = logins.computeIfAbsent(name, _ -> new ArrayList<>());
    if (there.stream().noneMatch(l -> l.login().equals(at.login()))) there.add(at);
  }

  private static void forget(Map<String, List<Attachment>> logins, Attachment prepared) {
    logins
        .getOrDefault(prepared.server(), new ArrayList<>())
        .removeIf(l -> l.login().equals(prepared.login()));
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
      else if (stands(server, login)) there.add(login);
    }
    if (!there.isEmpty()) actions.add(new Action.Fence(server, there, f.greatestEpoch(), SLICE));
  }

  /// The server of a login is reached by another name, and its own one is silent: that may lead to
  /// a copy by now, which lets the login in as well.
  private void underItsName(String server, List<Attachment> logins) {
    for (var login : logins)
      if (!login.server().equals(server) && f.answer(login.server()).isEmpty()) owe(login, "");
  }

  private void owe(Attachment login) {
    owe(login, Debts.running(f, login));
  }

  private void owe(Attachment login, String running) {
    Debts.owe(
        debts,
        new Debt(
            login, now, running, login.server() + " did not answer when the service was detached"));
  }

  /// A server that could not be asked may hold a login of either name.
  private void unasked(ServerFact server) {
    var like = f.intent().map(Intent::place);
    if (like.isEmpty()) return;
    for (var login : f.service().logins().all())
      owe(
          new Attachment(
              like.get().on(server.name()),
              server.admission().lineage(),
              login,
              Access.Owner,
              Math.max(1, f.greatestEpoch())));
  }

  /// Every login that worked on the predecessor.
  private void predecessors(Memory.Active active) {
    predecessor(active.attachment(), active.running());
    for (var older : Overlaps.open(f.memory().swap()))
      if (older.server().equals(active.attachment().server())) predecessor(older, active.running());
  }

  /// A copy was promoted under the name: what the predecessor may still let in is not forgotten.
  private void predecessor(Attachment login, String running) {
    Debts.owe(
        debts,
        new Debt(
            login,
            now,
            running,
            "%s was promoted behind its name: its predecessor may be alive"
                .formatted(login.server()),
            true));
  }

  private boolean stands(String server, Attachment login) {
    return f.answer(server)
        .flatMap(a -> a.standing().find(login.login()))
        .filter(l -> l.holds() != Holds.Foreign)
        .isPresent();
  }

  /// Every login of the service, by the server that it is reached on.
  private Map<String, List<Attachment>> all() {
    var all = published();
    f.memory().retained().forEach(r -> add(all, r.attachment()));
    for (var found : found()) add(all, found.server(), found.attachment());
    return all;
  }

  /// Last, because a session of somebody else may keep a database from being dropped.
  private void drop() {
    boolean drops =
        f.intent().filter(i -> i.deletionPolicy() == Intent.DeletionPolicy.Delete).isPresent();
    if (!drops) return;
    var places = new LinkedHashSet<Place>();
    all()
        .forEach(
            (server, logins) ->
                logins.stream()
                    .filter(l -> writable(server, l))
                    .map(l -> l.place().on(server))
                    .forEach(places::add));
    // its logins may have gone before
    f.intent().map(Intent::place).filter(p -> f.takesWrites(p.server())).ifPresent(places::add);
    for (var place : places)
      if (f.service().taken().stream().noneMatch(t -> one(t, place)))
        actions.add(new Action.Drop(place));
  }

  private boolean one(Place taken, Place place) {
    return taken.scope().equals(place.scope())
        && Promotions.oneInstance(f, taken.server(), place.server());
  }

  private void remove(String server, List<Attachment> logins) {
    var absent =
        logins.stream()
            .filter(l -> writable(server, l) && stands(server, l))
            .map(l -> new Action.Desired(l, LoginState.Absent, f.greatestEpoch()))
            .toList();
    if (!absent.isEmpty()) actions.add(new Action.Ensure(server, absent));
  }

  private boolean writable(String server, Attachment login) {
    return f.answer(server).filter(a -> a.identity().takesWritesAs(login.serverId())).isPresent();
  }

  /// The login that a swap had prepared and never published: nobody has its credential.
  private Optional<Attachment> prepared() {
    var swap = f.memory().swap();
    return swap.target().filter(_ -> swap.mayGoBack()).filter(t -> !f.published(t));
  }

  private void tidy(Attachment prepared) {
    var server = prepared.server();
    if (writable(server, prepared) && stands(server, prepared))
      actions.add(
          new Action.Tidy(
              server, List.of(new Action.Desired(prepared, LoginState.Absent, f.greatestEpoch()))));
  }
}
