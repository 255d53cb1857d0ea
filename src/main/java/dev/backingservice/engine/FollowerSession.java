package dev.backingservice.engine;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Inventory;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The session on a standby. Its primary keeps the accounts: they are found, made and locked there,
/// and follow with the log; sessions are ended on both. While one of the two does not answer, the
/// other one does what it can.
public final class FollowerSession implements Session {
  /// How long a login that was made may take to follow.
  private static final Duration FOLLOWS = Duration.ofSeconds(5);

  private static final long PAUSE_MILLIS = 20;

  private final Server server;
  private final Side primary;
  private final Side standby;

  private FollowerSession(Server server, Side primary, Side standby) {
    this.server = server;
    this.primary = primary;
    this.standby = standby;
  }

  /// How a session is opened.
  @FunctionalInterface
  public interface Opener {
    Session open() throws EngineException;
  }

  /// One of the two servers, or that nobody is there.
  private sealed interface Side {
    record Up(Session session) implements Side {}

    record Silent(EngineException failure) implements Side {}

    static Side of(Opener opener) throws EngineException {
      try {
        return new Up(opener.open());
      } catch (EngineException e) {
        if (!e.silent()) throw e;
        return new Silent(e);
      }
    }

    default Optional<Session> up() {
      return this instanceof Up(var session) ? Optional.of(session) : Optional.empty();
    }

    /// @throws EngineException when nobody is there
    default Session needed() throws EngineException {
      return switch (this) {
        case Up(var session) -> session;
        case Silent(var failure) -> throw failure;
      };
    }

    default void close() {
      up().ifPresent(Session::close);
    }
  }

  /// @param server the standby
  /// @throws EngineException with `NotAStandby` when it takes writes itself or is no copy of its
  ///     primary; silent when neither of the two is there
  public static Session open(Server server, Opener primary, Opener standby) throws EngineException {
    var there = Side.of(primary);
    try {
      var session = new FollowerSession(server, there, Side.of(standby));
      session.check();
      return session;
    } catch (EngineException | RuntimeException e) {
      there.close();
      throw e;
    }
  }

  private void check() throws EngineException {
    if (standby.up().isEmpty()) {
      primary.needed();
      return;
    }
    try {
      checked(standby.needed().identity());
    } catch (EngineException | RuntimeException e) {
      standby.close();
      throw e;
    }
  }

  private void checked(Identity self) throws EngineException {
    if (self.writable())
      throw EngineException.of(
          Reason.NotAStandby,
          "%s accepts writes, so it is no standby of %s any more: its accounts would not follow; name its primary in spec.primary, or remove the field and give spec.admin"
              .formatted(server.name(), server.accounts().name()));
    if (primary.up().isPresent() && !primary.needed().identity().serverId().equals(self.serverId()))
      throw EngineException.of(
          Reason.NotAStandby,
          "%s is no copy of %s (their system identifiers differ): name its primary in spec.primary"
              .formatted(server.name(), server.accounts().name()));
  }

  private Session either() throws EngineException {
    return primary.up().isPresent() ? primary.needed() : standby.needed();
  }

  /// That of the primary. It tells of no timeline: readers of a standby need no new login when its
  /// primary is promoted. While the primary is silent, nobody knows whether accounts can be made.
  @Override
  public Identity identity() throws EngineException {
    return seen(either().identity());
  }

  private Identity seen(Identity of) {
    var role = primary.up().isPresent() ? of.role() : Identity.Role.Unknown;
    return new Identity(of.serverId(), of.instanceId(), "", of.position(), role, of.version());
  }

  @Override
  public Identity self() throws EngineException {
    return standby.needed().identity();
  }

  @Override
  public Sight look(Order order, Set<String> logins) throws EngineException {
    var sight = either().look(order, logins);
    return new Sight(seen(sight.identity()), sight.standing());
  }

  @Override
  public Examination examine() throws EngineException {
    return standby.needed().examine();
  }

  @Override
  public Optional<Inventory> inventory(Order order) throws EngineException {
    return either().inventory(order);
  }

  @Override
  public void checkClaim(Order order) throws EngineException {
    either().checkClaim(order);
  }

  @Override
  public Optional<Failure> fenceable(Order order, Attachment attachment) throws EngineException {
    return either().fenceable(order, attachment);
  }

  @Override
  public Beacon beacon(long key) throws EngineException {
    return either().beacon(key);
  }

  @Override
  public boolean sees(Beacon beacon) throws EngineException {
    return either().sees(beacon);
  }

  @Override
  public void createMissing(Order order) throws EngineException {
    primary.needed().createMissing(order);
  }

  @Override
  public void createGroups(Order order) throws EngineException {
    primary.needed().createGroups(order);
  }

  /// @throws EngineException with `StandbyBehind` when a login that shall work does not follow in
  ///     time
  @Override
  public void ensure(Order order, List<Want> wants) throws EngineException {
    primary.needed().ensure(order, wants);
    if (wants.stream().map(Want::state).anyMatch(LoginState::letsIn) && !followed(FOLLOWS))
      throw EngineException.of(
          Reason.StandbyBehind,
          "%s has not replayed what %s wrote within %d s: see pg_stat_replication on the primary; it is tried again"
              .formatted(server.name(), server.accounts().name(), FOLLOWS.toSeconds()));
  }

  /// Whether what the primary wrote so far has been replayed; true where that cannot be told.
  private boolean followed(Duration within) throws EngineException {
    if (standby.up().isEmpty()) return true;
    var position = primary.needed().identity().position();
    long deadline = System.nanoTime() + within.toNanos();
    while (true) {
      var replayed = standby.needed().replayed();
      if (position.isEmpty() || replayed.isEmpty() || replayed.compareTo(position) >= 0)
        return true;
      if (System.nanoTime() > deadline) return false;
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// What is locked on the primary writes nowhere; sessions on the standby are ended as far as the
  /// lock has followed, so that clients notice.
  @Override
  public Drain sever(Order order, Attachment attachment, Duration within) throws EngineException {
    if (primary.up().isEmpty()) return standby.needed().sever(order, attachment, within);
    var drain = primary.needed().sever(order, attachment, within);
    if (standby.up().isEmpty()) return drain;
    followed(within);
    int ended = standby.needed().sever(order, attachment, within).ended();
    return new Drain(drain.ended() + ended, drain.left(), drain.prepared());
  }

  /// Its primary does that.
  @Override
  public int lockStrangers(Set<String> names) {
    return 0;
  }

  @Override
  public void drop(Order order) throws EngineException {
    primary.needed().drop(order);
  }

  @Override
  public Optional<Replication> replication() {
    return primary.up().flatMap(Session::replication);
  }

  @Override
  public void close() {
    primary.close();
    standby.close();
  }
}
