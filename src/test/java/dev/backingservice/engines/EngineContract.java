package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Abilities;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Intent.Limits;
import dev.backingservice.model.Inventory;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Standing;
import dev.backingservice.model.Standing.Holds;
import dev.backingservice.tls.EllipticCurves;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every engine keeps to, asked of real servers. One subclass per engine and version.
abstract class EngineContract {
  static final RootKey KEY = new RootKey(new byte[RootKey.LENGTH]);

  static {
    EllipticCurves.install(); // as the operator does
  }

  private int count;

  ServiceId service = new ServiceId("", "", "");
  Place place = new Place("", new Scope.Whole());

  /// The engine under one leader's term.
  abstract Engine engine(long term);

  abstract Server server();

  /// What a service is given of the server: the database that this test made.
  abstract Scope scope(String database);

  /// Makes the database, as its owners would.
  abstract void database(String name) throws Exception;

  /// A session of somebody with a password, as a workload opens it.
  abstract AutoCloseable session(String login, String password) throws Exception;

  @BeforeEach
  void make() throws Exception {
    count++;
    service = new ServiceId("shop", "orders-" + count, "uid-" + count);
    place = new Place("blue", scope("orders_" + count));
    database("orders_" + count);
  }

  Order order() {
    return new Order(service, "namespace-uid", place, new Limits(20, Duration.ZERO), Set.of());
  }

  static Set<String> names(Optional<Inventory> inventory) {
    return ((Inventory.Names) inventory.orElseThrow()).names();
  }

  /// How a locked login is turned away: not every engine tells it from a wrong password.
  Class<? extends Entry> locked() {
    return engine(1).abilities().refusal() == Abilities.Refusal.Told
        ? Entry.Locked.class
        : Entry.Refused.class;
  }

  /// Whether nobody is left once a login is locked.
  boolean lockEndsSessions() {
    return false;
  }

  /// The database of this test.
  String database() {
    return place.scope().databaseName().orElseThrow();
  }

  Attachment slotA(Access access, long epoch) {
    return new Attachment(place, "", KEY.logins(service).a(), access, epoch);
  }

  Attachment slotB(Access access, long epoch) {
    return new Attachment(place, "", KEY.logins(service).b(), access, epoch);
  }

  Want want(Attachment at, LoginState state) {
    return want(at, state, 0);
  }

  Want want(Attachment at, LoginState state, long superseding) {
    return new Want(at, state, superseding, KEY.password(service, at), KEY.salt(service, at));
  }

  Credential credential(Attachment at) {
    return new Credential(at, KEY.password(service, at), Optional.empty());
  }

  Entry knock(Attachment at) throws EngineException {
    return engine(1).knock(server(), order(), credential(at));
  }

  void letIn(Attachment at) throws EngineException {
    assertThat(knock(at)).isInstanceOf(Entry.LetIn.class);
  }

  /// A login of this level that was let in.
  Attachment open(Access access) throws EngineException {
    var at = slotA(access, 1);
    ensure(want(at, LoginState.Active));
    letIn(at);
    return at;
  }

  void ensure(Want... wants) throws EngineException {
    try (var session = engine(1).open(server())) {
      session.ensure(order(), List.of(wants));
    }
  }

  Standing standing(Attachment at) throws EngineException {
    try (var session = engine(1).open(server())) {
      return session.look(order(), Set.of(at.login())).standing();
    }
  }

  Holds holds(Attachment at) throws EngineException {
    return standing(at).of(at.login());
  }

  @Test
  void everyStateIsMadeTrueAndMayBeSaidAgain() throws Exception {
    var at = slotA(Access.ReadWrite, 1);
    for (var state : List.of(LoginState.Prepared, LoginState.Prepared, LoginState.Active)) {
      ensure(want(at, state));
      assertThat(holds(at)).isEqualTo(Holds.Works);
    }
    for (int twice = 0; twice < 2; twice++) {
      ensure(want(at, LoginState.Locked));
      assertThat(holds(at)).isEqualTo(Holds.Locked);
      assertThat(knock(at)).isInstanceOf(locked());
    }
    for (int twice = 0; twice < 2; twice++) {
      ensure(want(at, LoginState.Absent));
      assertThat(holds(at)).isEqualTo(Holds.Absent);
      assertThat(knock(at)).isInstanceOf(Entry.Refused.class);
    }
  }

  @Test
  void aSupersededCredentialIsNeverLetInAgainButByTheUndoOfTheSwapThatLockedIt() throws Exception {
    // Given
    var at = open(Access.ReadWrite);
    ensure(want(at, LoginState.Locked, 2));
    assertThat(standing(at).find(at.login()).orElseThrow().superseded()).isEqualTo(2);

    // Then
    assertThatThrownBy(() -> ensure(want(at, LoginState.Active)))
        .hasMessageContaining("was superseded by epoch 2");
    assertThatThrownBy(() -> ensure(want(at, LoginState.Active, 3)))
        .hasMessageContaining("was superseded by epoch 2");
    assertThat(holds(at)).isEqualTo(Holds.Locked);

    // When
    ensure(want(at, LoginState.Active, 2));

    // Then
    assertThat(holds(at)).isEqualTo(Holds.Works);
    letIn(at);

    // When
    ensure(want(at, LoginState.Locked, 2));
    var later = slotA(Access.ReadWrite, 3);
    ensure(want(later, LoginState.Active));

    // Then
    letIn(later);
  }

  @Test
  void aSessionLosesWhatItsLoginLoses() throws Exception {
    var at = open(Access.Owner);
    try (var session = session(at.login(), KEY.password(service, at).reveal())) {
      ensure(want(at.with(Access.ReadOnly), LoginState.Active));
      assertThat(alive(session)).isFalse();
    }
    assertThat(holds(at)).isEqualTo(Holds.Works);
    letIn(at.with(Access.ReadOnly));
  }

  @Test
  void aNewEpochInASlotEndsTheSessionsOfTheOldOne() throws Exception {
    var first = open(Access.ReadWrite);
    try (var session = session(first.login(), KEY.password(service, first).reveal())) {
      var again = slotA(Access.ReadWrite, 3);
      ensure(want(again, LoginState.Prepared));
      letIn(again);
      assertThat(alive(session)).isFalse();
      assertThat(knock(first)).isInstanceOf(Entry.Refused.class);
    }
  }

  @Test
  void aFenceEndsTheSessionsOfOneLoginAndNoOthers() throws Exception {
    var at = open(Access.ReadWrite);
    var other = slotB(Access.ReadWrite, 2);
    ensure(want(other, LoginState.Active));
    try (var ours = session(at.login(), KEY.password(service, at).reveal());
        var others = session(other.login(), KEY.password(service, other).reveal())) {
      ensure(want(at, LoginState.Locked));
      assertThat(standing(at).find(at.login()).orElseThrow().fenced())
          .as("locked with sessions left is not locked")
          .isEqualTo(lockEndsSessions());
      try (var session = engine(1).open(server())) {
        var drain = session.sever(order(), at, Duration.ofSeconds(30));
        assertThat(drain.done()).isTrue();
        assertThat(drain.ended()).isOne();
      }
      assertThat(standing(at).find(at.login()).orElseThrow().fenced()).isTrue();
      assertThat(alive(ours)).isFalse();
      assertThat(alive(others)).isTrue();
    }
  }

  @Test
  void aLoginThatMayStillLogInIsNotSevered() throws Exception {
    var at = open(Access.ReadWrite);
    try (var ours = session(at.login(), KEY.password(service, at).reveal());
        var session = engine(1).open(server())) {
      session.sever(order(), at, Duration.ofMillis(500));
      assertThat(alive(ours)).as("a stale leader ends nothing").isTrue();
    }
  }

  @Test
  void whatALaterObjectOfTheSameNameTookOverIsLeftAlone() throws Exception {
    var at = open(Access.ReadWrite);
    var gone =
        new Order(
            new ServiceId(service.namespace(), service.name(), "gone"),
            "namespace-uid",
            place,
            new Limits(20, Duration.ZERO),
            Set.of());
    try (var ours = session(at.login(), KEY.password(service, at).reveal());
        var session = engine(1).open(server())) {
      session.ensure(gone.forItsOwn(), List.of(want(at, LoginState.Locked, 2)));
      session.ensure(gone.forItsOwn(), List.of(want(at, LoginState.Absent, 2)));
      assertThat(alive(ours)).isTrue();
    }
    assertThat(holds(at)).isEqualTo(Holds.Works);
  }

  @Test
  void anEarlierLeaderChangesNothingAfterALaterOne() throws Exception {
    var at = slotA(Access.ReadWrite, 1);
    try (var later = engine(7).open(server())) {
      later.ensure(order(), List.of(want(at, LoginState.Active)));
    }
    try (var earlier = engine(6).open(server())) {
      assertThatThrownBy(() -> earlier.ensure(order(), List.of(want(at, LoginState.Locked))))
          .hasMessageContaining("a later leader");
    }
    assertThat(holds(at)).isEqualTo(Holds.Works);
  }

  @Test
  void anotherNamespaceIsRefusedUnlessThePlatformSharesTheDatabase() throws Exception {
    open(Access.ReadWrite);
    var stranger = new ServiceId("reports", service.name(), "other");
    var login = KEY.logins(stranger).a();
    var at = new Attachment(place, "", login, Access.ReadWrite, 1);
    var want =
        new Want(at, LoginState.Active, 0, KEY.password(stranger, at), KEY.salt(stranger, at));
    try (var session = engine(1).open(server())) {
      var alone = new Order(stranger, "other-uid", place, new Limits(5, Duration.ZERO), Set.of());
      assertThatThrownBy(() -> session.ensure(alone, List.of(want)))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.ServerNotAvailable));
      var shared =
          new Order(
              stranger,
              "other-uid",
              place,
              new Limits(5, Duration.ZERO),
              Set.of("shop", "reports"));
      session.ensure(shared, List.of(want));
      assertThat(session.look(shared, Set.of(login)).standing().of(login)).isEqualTo(Holds.Works);
    }
  }

  @Test
  void theSameServerIsKnownByEverySessionAndAnotherOneIsNot() throws Exception {
    try (Session one = engine(1).open(server());
        Session other = engine(1).open(server())) {
      try (var beacon = one.beacon(4711)) {
        assertThat(other.sees(beacon)).isTrue();
      }
      assertThat(one.identity().running()).isEqualTo(other.identity().running());
    }
  }

  @Test
  void loginsThatCameWithACopyAreLockedAndNoOthers() throws Exception {
    var here = open(Access.ReadWrite);
    var elsewhere =
        new Attachment(place.on("elsewhere"), "", KEY.logins(service).b(), Access.ReadWrite, 2);
    ensure(want(elsewhere, LoginState.Active));
    try (var session = engine(1).open(server());
        var theirs = session(elsewhere.login(), KEY.password(service, elsewhere).reveal())) {
      session.lockStrangers(Set.of("blue"));
      assertThat(alive(theirs)).isFalse();
    }
    assertThat(holds(elsewhere)).isEqualTo(Holds.Locked);
    assertThat(holds(here)).isEqualTo(Holds.Works);
  }

  /// Whether a session still works.
  abstract boolean alive(AutoCloseable session) throws Exception;
}
