package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The time in which the old and the new credential both work on one server.
public final class Overlaps {
  /// How many overlaps old sessions may last before people are told.
  private static final int LATE = 10;

  private Overlaps() {}

  /// The older attachments that work by right besides the active one.
  static List<Attachment> open(Swap swap) {
    return switch (swap) {
      case Swap.Roll(var m, _, _) -> m.overlaps() ? List.of(m.from()) : List.of();
      case Swap.Verify(var m, _, _) -> m.overlaps() ? List.of(m.from()) : List.of();
      case Swap.Overlap(var m, _, _) -> List.of(m.from());
      case Swap.Prepare(var m, _) -> m.alongside();
      case Swap.Aborting(var m, _, _) -> m.alongside();
      case Swap.Aborted(var m, _, _, _) -> m.alongside();
      case Swap.Fence _, Swap.Cut _, Swap.Settled _, Swap.Retire _ -> List.of();
    };
  }

  /// Whether the old login is needed no more: everybody has moved, the time is over, and it has no
  /// session; or somebody says that its epoch shall end.
  static boolean over(Facts f, Motion m, Instant cutAt, Instant now) {
    if (ended(f, m)) return true;
    boolean time = !now.isBefore(cutAt.plus(length(f)));
    return time && SwapGuards.rolledOut(f) && sessions(f, m).filter(s -> s == 0).isPresent();
  }

  /// Whether somebody says that the old epoch shall end.
  static boolean ended(Facts f, Motion m) {
    return m.overlaps()
        && f.service().annotations().endOverlap().equals(Long.toString(m.from().epoch()));
  }

  private static Duration length(Facts f) {
    return f.intent().map(Intent::swap).map(s -> s.overlap()).orElse(Duration.ZERO);
  }

  /// Sessions of the old login; empty while nobody can be asked. The new name leads to the same
  /// running server, and the old one may have gone.
  private static Optional<Integer> sessions(Facts f, Motion m) {
    return f.answer(m.to().server())
        .map(a -> a.standing().find(m.from().login()).map(Standing.Login::sessions).orElse(0));
  }

  /// Who holds on to the old login ten overlaps after the cut; empty when nobody does, or it is
  /// early.
  public static Optional<String> holdingOn(Facts f, Swap swap, Instant now) {
    if (!(swap instanceof Swap.Overlap(var m, _, var cutAt))) return Optional.empty();
    var patience = length(f).multipliedBy(LATE);
    if (now.isBefore(cutAt.plus(patience.isZero() ? Duration.ofMinutes(1) : patience)))
      return Optional.empty();
    return f.answer(m.to().server())
        .flatMap(a -> a.standing().find(m.from().login()))
        .filter(l -> l.sessions() > 0)
        .map(l -> sentence(m.from(), l));
  }

  private static String sentence(Attachment old, Standing.Login login) {
    var who =
        login.holders().isEmpty()
            ? ""
            : " (%s)"
                .formatted(
                    String.join(
                        ", ",
                        login.holders().stream()
                            .map(h -> '"' + h.replace('"', '\'') + '"')
                            .toList()));
    return "open sessions of %s on %s: %d%s; restart these clients, or annotate backingservice.dev/end-overlap: \"%d\" to end them"
        .formatted(old.login(), old.server(), login.sessions(), who, old.epoch());
  }

  /// When the overlap may end at the earliest; empty when there is none.
  public static Optional<Instant> until(Facts f, Swap swap) {
    return Stream.of(swap)
        .flatMap(
            s ->
                switch (s) {
                  case Swap.Roll(var m, _, var at) when m.overlaps() -> Stream.of(at);
                  case Swap.Verify(var m, _, var at) when m.overlaps() -> Stream.of(at);
                  case Swap.Overlap(_, _, var at) -> Stream.of(at);
                  default -> Stream.<Instant>empty();
                })
        .map(at -> at.plus(length(f)))
        .findFirst();
  }

  /// What goes on after a motion was given up: the overlap that it interrupted, or nothing.
  static Swap resumed(Motion m, Instant now) {
    if (m.alongside().isEmpty()) return new Swap.Settled();
    var older =
        new Motion(
            Cause.Repoint,
            Motion.FencePoint.AfterOverlap,
            m.alongside().getFirst(),
            List.of(),
            m.from(),
            m.startedAt(),
            0,
            Optional.empty(),
            true);
    return new Swap.Overlap(older, SwapGuards.unfenced(now), now);
  }
}
