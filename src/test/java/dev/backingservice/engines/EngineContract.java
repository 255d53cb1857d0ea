package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.engine.Claim;
import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Intent.Limits;
import dev.backingservice.model.Names;
import dev.backingservice.model.Names.Slot;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Standing.Holds;
import dev.backingservice.model.Word;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every engine keeps to, asked of real servers. One subclass per engine and version.
abstract class EngineContract {
  static final RootKey KEY = new RootKey(new byte[RootKey.LENGTH]);
  private static int count;

  ServiceId service = new ServiceId("", "", "");
  Place place = new Place("", "", "");

  /// The engine under one leader's term.
  abstract Engine engine(LongSupplier term);

  abstract Server server();

  /// Makes the database, as its owners would.
  abstract void database(String name) throws Exception;

  /// A session of somebody with a password, as a workload opens it.
  abstract AutoCloseable session(String login, String password) throws Exception;

  @BeforeEach
  void make() throws Exception {
    count++;
    service = new ServiceId("shop", "orders-" + count, "uid-" + count);
    place = new Place("blue", "orders_" + count, "public");
    database(place.database());
  }

  Claim claim(Access access) {
    return new Claim(service, place, access, new Limits(20, Duration.ZERO), Set.of());
  }

  Attachment attachment(Slot slot, long epoch) {
    return new Attachment(place, "", Names.login(KEY.instance(), service, slot), epoch);
  }

  Want want(Attachment at, Word word) {
    return new Want(at, word, KEY.password(service, at), KEY.salt(service, at));
  }

  Credential credential(Attachment at) {
    return new Credential(at, KEY.password(service, at), Optional.empty());
  }

  /// A login of this level that was let in.
  Attachment open(Access access) throws EngineException {
    var at = attachment(Slot.a, 1);
    ensure(access, want(at, Word.Active));
    engine(() -> 1).knock(server(), claim(access), credential(at));
    return at;
  }

  void ensure(Access access, Want... wants) throws EngineException {
    try (var session = engine(() -> 1).open(server())) {
      session.ensure(claim(access), List.of(wants));
    }
  }

  Holds holds(Access access, Attachment at) throws EngineException {
    try (var session = engine(() -> 1).open(server())) {
      return session.look(claim(access), Set.of(at.login())).of(at.login());
    }
  }

  @Test
  void everyWordIsMadeTrueAndMayBeSaidAgain() throws Exception {
    var at = attachment(Slot.a, 1);
    for (var word : List.of(Word.Prepared, Word.Prepared, Word.Active)) {
      ensure(Access.ReadWrite, want(at, word));
      assertThat(holds(Access.ReadWrite, at)).isEqualTo(Holds.Works);
    }
    for (int twice = 0; twice < 2; twice++) {
      ensure(Access.ReadWrite, want(at, Word.Locked));
      assertThat(holds(Access.ReadWrite, at)).isEqualTo(Holds.Locked);
      assertThatThrownBy(
              () -> engine(() -> 1).knock(server(), claim(Access.ReadWrite), credential(at)))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LoginRefused));
    }
    for (int twice = 0; twice < 2; twice++) {
      ensure(Access.ReadWrite, want(at, Word.Absent));
      assertThat(holds(Access.ReadWrite, at)).isEqualTo(Holds.Absent);
    }
  }

  @Test
  void aNewEpochInASlotEndsTheSessionsOfTheOldOne() throws Exception {
    var first = open(Access.ReadWrite);
    try (var session = session(first.login(), KEY.password(service, first).reveal())) {
      var again = attachment(Slot.a, 3);
      ensure(Access.ReadWrite, want(again, Word.Prepared));
      engine(() -> 1).knock(server(), claim(Access.ReadWrite), credential(again));
      assertThat(alive(session)).isFalse();
      assertThatThrownBy(
              () -> engine(() -> 1).knock(server(), claim(Access.ReadWrite), credential(first)))
          .isInstanceOf(EngineException.class);
    }
  }

  @Test
  void aFenceEndsTheSessionsOfOneLoginAndNoOthers() throws Exception {
    var at = open(Access.ReadWrite);
    var other = attachment(Slot.b, 2);
    ensure(Access.ReadWrite, want(other, Word.Active));
    try (var ours = session(at.login(), KEY.password(service, at).reveal());
        var others = session(other.login(), KEY.password(service, other).reveal())) {
      ensure(Access.ReadWrite, want(at, Word.Locked));
      try (var session = engine(() -> 1).open(server())) {
        var drain = session.sever(claim(Access.ReadWrite), at, Duration.ofSeconds(5));
        assertThat(drain.done()).isTrue();
        assertThat(drain.ended()).isOne();
      }
      assertThat(alive(ours)).isFalse();
      assertThat(alive(others)).isTrue();
    }
  }

  @Test
  void aLoginThatMayStillLogInIsNotSevered() throws Exception {
    var at = open(Access.ReadWrite);
    try (var ours = session(at.login(), KEY.password(service, at).reveal());
        var session = engine(() -> 1).open(server())) {
      session.sever(claim(Access.ReadWrite), at, Duration.ofMillis(500));
      assertThat(alive(ours)).as("a stale leader ends nothing").isTrue();
    }
  }

  @Test
  void anEarlierLeaderChangesNothingAfterALaterOne() throws Exception {
    var at = attachment(Slot.a, 1);
    try (var later = engine(() -> 7).open(server())) {
      later.ensure(claim(Access.ReadWrite), List.of(want(at, Word.Active)));
    }
    try (var earlier = engine(() -> 6).open(server())) {
      assertThatThrownBy(
              () -> earlier.ensure(claim(Access.ReadWrite), List.of(want(at, Word.Locked))))
          .hasMessageContaining("a later leader");
    }
    assertThat(holds(Access.ReadWrite, at)).isEqualTo(Holds.Works);
  }

  @Test
  void anotherNamespaceIsRefusedUnlessThePlatformSharesTheDatabase() throws Exception {
    open(Access.ReadWrite);
    var stranger = new ServiceId("reports", service.name(), "other");
    var login = Names.login(KEY.instance(), stranger, Slot.a);
    var at = new Attachment(place, "", login, 1);
    var want = new Want(at, Word.Active, KEY.password(stranger, at), KEY.salt(stranger, at));
    try (var session = engine(() -> 1).open(server())) {
      var alone =
          new Claim(stranger, place, Access.ReadWrite, new Limits(5, Duration.ZERO), Set.of());
      assertThatThrownBy(() -> session.ensure(alone, List.of(want)))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.ServerNotAvailable));
      var shared =
          new Claim(
              stranger,
              place,
              Access.ReadWrite,
              new Limits(5, Duration.ZERO),
              Set.of("shop", "reports"));
      session.ensure(shared, List.of(want));
      assertThat(session.look(shared, Set.of(login)).of(login)).isEqualTo(Holds.Works);
    }
  }

  @Test
  void theSameServerIsKnownByEverySessionAndAnotherOneIsNot() throws Exception {
    try (Session one = engine(() -> 1).open(server());
        Session other = engine(() -> 1).open(server())) {
      assertThat(one.sameInstance(other, 4711)).isTrue();
      assertThat(one.identity()).isEqualTo(other.identity());
    }
  }

  @Test
  void loginsThatNobodyHoldsAreLockedAndNoOthers() throws Exception {
    var held = open(Access.ReadWrite);
    var stranger = attachment(Slot.b, 2);
    ensure(Access.ReadWrite, want(stranger, Word.Active));
    try (var session = engine(() -> 1).open(server());
        var theirs = session(stranger.login(), KEY.password(service, stranger).reveal())) {
      session.lockStrangers(Set.of(held.login()));
      assertThat(alive(theirs)).isFalse();
    }
    assertThat(holds(Access.ReadWrite, stranger)).isEqualTo(Holds.Locked);
    assertThat(holds(Access.ReadWrite, held)).isEqualTo(Holds.Works);
  }

  /// Whether a session still works.
  abstract boolean alive(AutoCloseable session) throws Exception;
}
