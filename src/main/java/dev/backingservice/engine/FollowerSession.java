package dev.backingservice.engine;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Inventory;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Standing;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// The session on a standby. Its primary keeps the accounts: they are found, made and locked there,
/// and follow with the log. Sessions are counted and ended on both. Nothing is done without the
/// primary; what is wrong with the standby keeps no lock from being made.
public final class FollowerSession implements Session {
  /// How long a login that was made may take to follow.
  private static final Duration FOLLOWS = Duration.ofSeconds(5);

  private static final long PAUSE_MILLIS = 20;

  private final Server server;
  private final Session primary;
  private final Side standby;

  private FollowerSession(Server server, Session primary, Side standby) {
    this.server = server;
    this.primary = primary;
    this.standby = standby;
  }

  /// How a session is opened.
  @FunctionalInterface
  public interface Opener {
    Session open() throws EngineException;
  }

  /// The standby's own session, or why there is none.
  private sealed interface Side {
    record Up(Session session) implements Side {}

    record Down(EngineException failure) implements Side {}

    static Side of(Opener opener) {
      try {
        return new Up(opener.open());
      } catch (EngineException e) {
        return new Down(e);
      }
    }

    default Optional<Session> up() {
      return this instanceof Up(var session) ? Optional.of(session) : Optional.empty();
    }

    /// @throws EngineException when there is none
    default Session needed() throws EngineException {
      return switch (this) {
        case Up(var session) -> session;
        case Down(var failure) -> throw failure;
      };
    }
  }

  /// @param server the standby
  /// @throws EngineException what the primary's opener throws
  public static Session open(Server server, Opener primary, Opener standby) throws EngineException {
    var session = primary.open();
    try {
      return new FollowerSession(server, session, Side.of(standby));
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /// The primary's: it decides what can be made and locked.
  @Override
  public Identity identity() throws EngineException {
    return trusted(primary.identity());
  }

  private Identity trusted(Identity of) {
    return server.promotions() == Server.Promotions.Trust ? of.withoutTimeline() : of;
  }

  /// The standby's.
  ///
  /// @throws EngineException with `NotAStandby` when it takes writes itself or is no copy of its
  ///     primary
  @Override
  public Identity self() throws EngineException {
    var self = standby.needed().identity();
    if (self.writable())
      throw notAStandby("%s accepts writes, so it is no standby of %s: its accounts do not follow");
    if (!primary.identity().serverId().equals(self.serverId()))
      throw notAStandby("%s is no copy of %s (their system identifiers differ)");
    return self;
  }

  private EngineException notAStandby(String what) {
    return EngineException.of(
        Reason.NotAStandby,
        what.formatted(server.name(), server.accounts().name())
            + "; make another BackingServer for it, with its own primary in spec.primary or without that field, and swap the services there");
  }

  /// What the primary holds, with the sessions that logins which work have on the standby.
  @Override
  public Sight look(Order order, Set<String> logins) throws EngineException {
    var sight = primary.look(order, logins);
    return new Sight(trusted(sight.identity()), withSessions(sight.standing(), order, logins));
  }

  private Standing withSessions(Standing standing, Order order, Set<String> logins) {
    if (standby.up().isEmpty()) return standing;
    try {
      var there = standby.needed().look(order, logins).standing();
      var all = new HashMap<>(standing.logins());
      all.replaceAll((name, login) -> there.find(name).map(login::withSessionsOf).orElse(login));
      return new Standing(all);
    } catch (EngineException e) {
      return standing;
    }
  }

  @Override
  public Examination examine() throws EngineException {
    return standby.needed().examine();
  }

  @Override
  public Optional<Inventory> inventory(Order order) throws EngineException {
    return primary.inventory(order);
  }

  @Override
  public OptionalLong leftBehind(Place place) throws EngineException {
    return primary.leftBehind(place);
  }

  @Override
  public void checkClaim(Order order) throws EngineException {
    primary.checkClaim(order);
  }

  @Override
  public Optional<Failure> fenceable(Order order, Attachment attachment) throws EngineException {
    return primary.fenceable(order, attachment);
  }

  @Override
  public Beacon beacon(long key) throws EngineException {
    return primary.beacon(key);
  }

  @Override
  public boolean sees(Beacon beacon) throws EngineException {
    return primary.sees(beacon);
  }

  @Override
  public void createMissing(Order order) throws EngineException {
    primary.createMissing(order);
  }

  @Override
  public void createGroups(Order order) throws EngineException {
    primary.createGroups(order);
  }

  /// While the standby is down, nobody is let in there, and whoever knocks is told.
  ///
  /// @throws EngineException with `NotAStandby`, or with `StandbyBehind` when a login that shall
  ///     work does not follow in time
  @Override
  public void ensure(Order order, List<Want> wants) throws EngineException {
    boolean opens =
        standby.up().isPresent() && wants.stream().map(Want::state).anyMatch(LoginState::letsIn);
    if (opens) self();
    primary.ensure(order, wants);
    if (opens && !followed(FOLLOWS))
      throw EngineException.of(
          Reason.StandbyBehind,
          "%s has not replayed what its primary wrote within %d s: see pg_stat_replication there; it is tried again"
              .formatted(server.name(), FOLLOWS.toSeconds()));
  }

  /// Whether what the primary wrote so far has been replayed; true where that cannot be told.
  private boolean followed(Duration within) throws EngineException {
    var position = primary.identity().position();
    long deadline = System.nanoTime() + within.toNanos();
    while (true) {
      var replayed = standby.needed().replayed();
      if (position.isEmpty() || replayed.isEmpty() || replayed.compareTo(position) >= 0)
        return true;
      if (System.nanoTime() > deadline || !Pause.ofMillis(PAUSE_MILLIS)) return false;
    }
  }

  /// What is locked on the primary writes nowhere; sessions on the standby are ended as far as the
  /// lock has followed, so that clients notice.
  @Override
  public Drain sever(Order order, Attachment attachment, Duration within) throws EngineException {
    var drain = primary.sever(order, attachment, within);
    return new Drain(
        drain.ended() + endedBesides(order, attachment, within), drain.left(), drain.prepared());
  }

  private int endedBesides(Order order, Attachment attachment, Duration within) {
    try {
      if (standby.up().isEmpty()) return 0;
      followed(within);
      return standby.needed().sever(order, attachment, within).ended();
    } catch (EngineException e) {
      return 0;
    }
  }

  /// Its primary does that.
  @Override
  public int lockStrangers(Set<String> names) {
    return 0;
  }

  @Override
  public void drop(Order order) throws EngineException {
    primary.drop(order);
  }

  @Override
  public Optional<Replication> replication() {
    return primary.replication();
  }

  @Override
  public void close() {
    standby.up().ifPresent(Session::close);
    primary.close();
  }
}
