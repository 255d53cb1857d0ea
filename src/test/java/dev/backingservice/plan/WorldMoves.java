package dev.backingservice.plan;

import dev.backingservice.model.Access;
import dev.backingservice.model.SwapPolicy;
import dev.backingservice.plan.World.Grip;
import dev.backingservice.plan.World.Life;
import dev.backingservice.plan.World.Mood;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/// Everything that can happen next to a world.
final class WorldMoves {
  private static final int CRASHES = 5;
  private static final List<String> NAMES = List.of("a", "b", "c");

  private WorldMoves() {}

  /// @param worlds that it passes through; none when it cannot happen
  /// @param ours whether the operator does it
  record Move(String name, boolean ours, Supplier<List<World>> worlds) {}

  static List<Move> of(World w, World earlier, SwapPolicy policy) {
    var moves = new ArrayList<Move>();
    moves.add(reconcile(w, policy));
    for (int n = 1; n <= CRASHES; n++) moves.add(crash(w, n, policy));
    moves.addAll(people(w));
    moves.addAll(servers(w));
    moves.addAll(clients(w));
    moves.addAll(cluster(w, earlier, policy));
    return moves.stream().filter(m -> m.ours() || traced(w, m)).toList();
  }

  /// Whoever takes the mark, the Secret and the status away leaves an object that looks new: nobody
  /// can tell. What leaves one of them can happen.
  private static boolean traced(World w, Move move) {
    var after = move.worlds().get().getLast();
    return !traced(w) || traced(after) || !after.spec().uid().equals(w.spec().uid());
  }

  private static boolean traced(World w) {
    return w.spec().marked() || w.secret().isPresent() || !w.memory().isBlank();
  }

  /// The world after a move.
  ///
  /// @param name of the move
  static World after(String name, World w, World earlier, SwapPolicy policy) {
    return of(w, earlier, policy).stream()
        .filter(m -> m.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no such move: " + name))
        .worlds()
        .get()
        .getLast();
  }

  /// Reconciles are half of all that happens.
  static Move any(World w, World earlier, SwapPolicy policy, Random random) {
    int kind = random.nextInt(100);
    if (kind < 50) return reconcile(w, policy);
    if (kind < 58) return crash(w, 1 + random.nextInt(CRASHES), policy);
    var moves =
        new ArrayList<>(
            kind < 70
                ? people(w)
                : kind < 82 ? servers(w) : kind < 91 ? clients(w) : cluster(w, earlier, policy));
    moves.removeIf(m -> !m.ours() && !traced(w, m));
    return moves.isEmpty() ? reconcile(w, policy) : moves.get(random.nextInt(moves.size()));
  }

  private static Move reconcile(World w, SwapPolicy policy) {
    return new Move("reconcile", true, () -> w.reconciled(-1, policy));
  }

  private static Move crash(World w, int after, SwapPolicy policy) {
    return new Move(
        "crash after " + after,
        true,
        () -> {
          var crashed = w.reconciled(after, policy);
          return crashed.size() == after ? crashed : List.of();
        });
  }

  private static Move to(String name, World next) {
    return new Move(name, false, () -> List.of(next));
  }

  /// What the application's and the platform's people do.
  private static List<Move> people(World w) {
    var moves = new ArrayList<Move>();
    if (w.spec().life() == Life.Gone || w.spec().life() == Life.Deleting) return moves;
    for (var name : NAMES)
      if (!w.spec().server().equals(name))
        moves.add(to("edit " + name, w.asking(w.spec().on(name))));
    moves.add(to("reshape", w.asking(w.spec().shaped(1 - w.spec().shape()))));
    var access = w.spec().access() == Access.ReadOnly ? Access.ReadWrite : Access.ReadOnly;
    moves.add(to("access " + access, w.asking(w.spec().accessing(access))));
    moves.add(to(w.spec().sound() ? "bad edit" : "good edit", sound(w)));
    if (!w.spec().givesNothing())
      for (var content : List.of("1", "2", "3", World.MISSING))
        if (!content.equals(w.spec().given()))
          moves.add(to("given " + content, w.asking(w.spec().handing(content))));
    if (w.memory().swap() instanceof Swap.Overlap(var m, _, _))
      moves.add(
          to("end overlap", w.asking(w.spec().endingOverlap(Long.toString(m.from().epoch())))));
    if (w.spec().marked()) moves.add(to("mark taken away", w.asking(w.spec().unmarked())));
    for (var life : List.of(Life.Attached, Life.Detached, Life.Deleting))
      if (life != w.spec().life()) moves.add(to(life.name(), w.asking(w.spec().in(life))));
    for (var name : NAMES) {
      var lineage = w.at(name).lineage();
      var n = w.name(name);
      if (!lineage.equals(n.lineage()) && !lineage.equals(n.accepted()))
        moves.add(to("accept " + name, w.named(name, x -> x.accepting(lineage))));
    }
    return moves;
  }

  private static World sound(World w) {
    return w.asking(w.spec().sound(!w.spec().sound()));
  }

  /// What happens to servers and their names.
  private static List<Move> servers(World w) {
    var moves = new ArrayList<Move>();
    for (var name : NAMES) {
      for (var mood : Mood.values())
        if (w.name(name).mood() != mood) moves.add(to(mood + " " + name, w.mood(name, mood)));
      for (var instance : List.of("A", "B"))
        if (!w.name(name).instance().equals(instance) && (name.equals("b") == instance.equals("B")))
          moves.add(to(name + " leads to " + instance, w.named(name, n -> n.leadingTo(instance))));
    }
    w.instances()
        .forEach(
            (name, instance) ->
                moves.add(
                    to(
                        (instance.standby() ? "primary " : "standby ") + name,
                        w.with(name, instance.standby(!instance.standby())))));
    if (!w.instances().containsKey("A2")) moves.add(to("promote a", w.promoted("a")));
    if (!w.instances().containsKey("Bx")) moves.add(to("replace b", w.replaced("b")));
    return moves;
  }

  private static List<Move> clients(World w) {
    var moves = new ArrayList<Move>();
    moves.add(to("connect", w.connected()));
    moves.add(to("pods roll", w.running(w.pods().rolledOut())));
    w.instances()
        .forEach(
            (name, instance) ->
                instance
                    .logins()
                    .forEach(
                        (login, l) -> {
                          if (l.used())
                            moves.add(
                                to("hang up " + login + " on " + name, w.hungUp(name, login)));
                        }));
    return moves;
  }

  /// What happens in the cluster: time passes, the Secret is taken, edited, refused, put back.
  private static List<Move> cluster(World w, World earlier, SwapPolicy policy) {
    var moves = new ArrayList<Move>();
    if (!w.late()) moves.add(to("late", w.late(true)));
    if (w.secret().isPresent()) moves.add(to("secret deleted", w.having(Optional.empty())));
    for (var grip : Grip.values())
      if (w.grip() != grip) moves.add(to("secret " + grip, w.gripped(grip)));
    if (w.spec().life() != Life.Gone) {
      if (earlier.spec().uid().equals(w.spec().uid()))
        moves.add(to("cluster restored", w.restored(earlier)));
      moves.add(to("status lost", w.forgotten()));
      if (w.spec().uid().equals(World.FIRST)) moves.add(to("made anew", w.madeAnew()));
      moves.add(
          new Move("an old leader sends its cut", true, () -> w.cutSent(policy).stream().toList()));
    }
    w.held()
        .ifPresent(
            write ->
                moves.add(new Move("its cut arrives", true, () -> List.of(arrived(w, write)))));
    return moves;
  }

  private static World arrived(World w, Action write) {
    return new WorldActs(w, "").act(write).world().holding(Optional.empty());
  }
}
