package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.redis.RedisEngine;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Intent.Limits;
import dev.backingservice.model.Inventory;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Standing.Holds;
import dev.backingservice.model.Trust;
import dev.backingservice.sandbox.Folders;
import dev.backingservice.sandbox.Pki;
import dev.backingservice.sandbox.Ports;
import dev.backingservice.sandbox.Redis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The part of Redis and Valkey: exact rights, prefixes, and servers that forget.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RedisContract extends EngineContract {
  private final Pki pki = new Pki();
  private final Redis.Product product;
  private Path folder;
  private Redis redis;
  private Server server;
  private Engine engine;

  RedisContract(Redis.Product product) {
    this.product = product;
  }

  @BeforeAll
  void start() throws Exception {
    folder = Files.createTempDirectory("backing-engine-");
    redis = Redis.start(product, "blue", folder, pki);
    server = at(redis.port(), "127.0.0.1", Redis.ADMIN, Redis.ADMIN_PASSWORD, pki.anchor());
    engine = new RedisEngine(KEY, new FixedTerm(1), 4);
  }

  @AfterAll
  void stop() {
    engine.keep(List.of());
    redis.close();
    Folders.delete(folder);
  }

  private static Server at(int port, String host, String user, String password, String anchor) {
    var endpoint = new Endpoint(host, port);
    return new Server(
        "blue",
        "server-uid",
        endpoint,
        endpoint,
        "",
        user,
        new Sensitive(password),
        new Trust(Trust.Mode.VerifyFull, anchor, false),
        Server.ClientCertificate.Offered);
  }

  @Override
  Engine engine(long term) {
    return term == 1 ? engine : new RedisEngine(KEY, new FixedTerm(term), 4);
  }

  @Override
  Server server() {
    return server;
  }

  @Override
  Scope scope(String database) {
    return new Scope.Keys(database + ":");
  }

  @Override
  void database(String name) {
    redis.root("ACL", "DELUSER", "bs_" + KEY.instance());
  }

  private String prefix() {
    return ((Scope.Keys) place.scope()).prefix();
  }

  @Override
  Redis.Session session(String login, String password) throws IOException {
    return redis.session(login, password);
  }

  private Redis.Session session(Attachment at) throws IOException {
    return session(at.login(), KEY.password(service, at).reveal());
  }

  @Override
  boolean alive(AutoCloseable session) {
    try {
      return ((Redis.Session) session).ask("PING").equals("+PONG");
    } catch (IOException e) {
      return false;
    }
  }

  /// What each level may do and may not; the first word of a line tells.
  private static final Map<Access, String> RIGHTS =
      Map.of(
          Access.ReadOnly,
          """
          + GET {p}a
          + MGET {p}a {p}b
          + EXISTS {p}a
          + SUBSCRIBE {p}c
          - SET {p}a 1
          - DEL {p}a
          - EVAL return(1) 0
          - PUBLISH {p}c x
          - GET other:a
          - KEYS *
          - CONFIG GET *
          """,
          Access.ReadWrite,
          """
          + SET {p}a 1
          + GET {p}a
          + DEL {p}a
          + LPUSH {p}l 1
          + EVAL return(1) 0
          + PUBLISH {p}c x
          + MULTI
          + DISCARD
          - SET other:a 1
          - GET other:a
          - RENAME {p}l other:l
          - COPY {p}l other:l
          - PUBLISH other x
          - SUBSCRIBE other
          - KEYS *
          - FLUSHALL
          - FLUSHDB
          - SWAPDB 0 1
          - CONFIG GET *
          - ACL LIST
          - ACL SETUSER mine on
          - CLIENT KILL USER x
          - MONITOR
          - SHUTDOWN
          - REPLICAOF 127.0.0.1 1
          - MIGRATE 127.0.0.1 1 {p}l 0 1
          - FUNCTION LIST
          - FUNCTION FLUSH
          - FCALL loot 0
          - SCRIPT FLUSH
          - SCRIPT KILL
          - CLIENT SETNAME x
          - CLIENT TRACKING ON
          + CLIENT ID
          - SAVE
          """,
          Access.Owner,
          """
          + SET {p}a 1
          + INFO
          - SET other:a 1
          - GET other:a
          - FLUSHALL
          - KEYS *
          - CONFIG GET *
          - ACL LIST
          - SHUTDOWN
          - FUNCTION LIST
          - FCALL loot 0
          - CLIENT LIST
          """);

  @Test
  void eachLevelMayDoExactlyWhatItIs() throws Exception {
    long epoch = 1;
    for (var access : Access.values()) {
      var at = slotA(access, epoch++);
      ensure(want(at, LoginState.Active));
      for (var line : RIGHTS.get(access).lines().toList())
        try (var session = session(at)) {
          var said = session.ask(line.substring(2).replace("{p}", prefix()).split(" "));
          assertThat(said.startsWith("-NOPERM"))
              .as(access + " " + line + ": " + said)
              .isEqualTo(line.charAt(0) == '-');
        }
    }
  }

  @Test
  void aPrefixThatBeginsAnotherOneIsOneClaim() throws Exception {
    open(Access.ReadWrite);
    for (var other : List.of(prefix() + "sub:", prefix().substring(0, prefix().length() - 1))) {
      var stranger = new ServiceId("reports", service.name(), "other");
      var there = new Place("blue", new Scope.Keys(other));
      var order = new Order(stranger, "other-uid", there, new Limits(1, Duration.ZERO), Set.of());
      try (var session = engine(1).open(server())) {
        assertThatThrownBy(() -> session.checkClaim(order))
            .as(other)
            .isInstanceOfSatisfying(
                EngineException.class,
                e -> assertThat(e.reason()).isEqualTo(Reason.ServerNotAvailable));
      }
    }
  }

  @Test
  void anAccountOfTheSameNameThatIsNotOursIsLeftAlone() throws Exception {
    var at = slotA(Access.ReadWrite, 1);
    redis.account(at.login(), "theirs");
    assertThat(holds(at)).isEqualTo(Holds.Foreign);
    for (var state : List.of(LoginState.Active, LoginState.Locked, LoginState.Absent))
      assertThat(
              catchThrowableOfType(EngineException.class, () -> ensure(want(at, state))).reason())
          .isEqualTo(Reason.NameTaken);
    assertThat(redis.ask(at.login(), "theirs", "PING")).isEqualTo("+PONG");
    redis.root("ACL", "DELUSER", at.login());
  }

  @Test
  void whatWasAlteredIsSeenAndPutBack() throws Exception {
    var at = open(Access.ReadWrite);
    for (var rule :
        List.of(">another", "~other:*", "+flushall", "nopass", "&*", "-get", "(~x:* +get)")) {
      redis.root("ACL", "SETUSER", at.login(), rule);
      assertThat(holds(at)).as(rule).isEqualTo(Holds.Differs);
      ensure(want(at, LoginState.Active));
      assertThat(holds(at)).as(rule).isEqualTo(Holds.Works);
    }
    redis.root("ACL", "SETUSER", at.login(), "off");
    assertThat(holds(at)).isEqualTo(Holds.Differs);
    ensure(want(at, LoginState.Active));
    letIn(at);
  }

  /// A server leaves the sessions of such an account their rights.
  @Test
  void whatSomebodySwitchedOffIsNotFenced() throws Exception {
    var at = open(Access.ReadWrite);
    try (var session = session(at)) {
      redis.root("ACL", "SETUSER", at.login(), "off");
      assertThat(standing(at).find(at.login()).orElseThrow().fenced()).isFalse();
      ensure(want(at, LoginState.Locked, 2));
      assertThat(alive(session)).isFalse();
    }
    assertThat(standing(at).find(at.login()).orElseThrow().fenced()).isTrue();
  }

  @Test
  void aServerThatForgotItsAccountsIsGivenThemAgain() throws Exception {
    var at = open(Access.ReadWrite);
    redis.root("ACL", "DELUSER", at.login());
    assertThat(holds(at)).isEqualTo(Holds.Absent);
    assertThat(knock(at)).isInstanceOf(Entry.Refused.class);
    ensure(want(at, LoginState.Active));
    letIn(at);
  }

  @Test
  void accountsOutliveTheProcessWhereTheyAreSaved() throws Exception {
    var at = open(Access.ReadWrite);
    String before;
    try (var session = engine(1).open(server())) {
      before = session.identity().running();
    }
    redis.stop();
    engine.keep(List.of());
    redis.start();
    try (var session = engine(1).openAfresh(server())) {
      assertThat(session.identity().running()).isNotEqualTo(before);
    }
    assertThat(holds(at)).isEqualTo(Holds.Works);
    letIn(at);
  }

  /// HELLO names a connection before anybody is asked for a right.
  @Test
  void aNameOfAnyLengthHoldsUpNobodysFence() throws Exception {
    var at = open(Access.ReadWrite);
    var other = slotB(Access.ReadOnly, 2);
    ensure(want(other, LoginState.Active));
    try (var named = session(other);
        var ours = session(at)) {
      named.ask("HELLO", "2", "SETNAME", "x".repeat(9 << 20));
      assertThat(standing(at).find(at.login()).orElseThrow().sessions()).isPositive();
      ensure(want(at, LoginState.Locked));
      try (var session = engine(1).open(server())) {
        assertThat(session.sever(order(), at, Duration.ofSeconds(30)).done()).isTrue();
      }
      assertThat(alive(ours)).isFalse();
      assertThat(standing(at).find(at.login()).orElseThrow().fenced()).isTrue();
    }
  }

  @Test
  void whoeverLoggedInWithAnotherPasswordIsEndedWhenItIsPutBack() throws Exception {
    var at = open(Access.ReadWrite);
    redis.root("ACL", "SETUSER", at.login(), ">planted");
    try (var intruder = session(at.login(), "planted")) {
      ensure(want(at, LoginState.Active));
      assertThat(alive(intruder)).isFalse();
    }
    letIn(at);
  }

  @Test
  void aClaimThatWasLostIsNobodyElses() throws Exception {
    var at = open(Access.ReadWrite);
    for (var user : redis.users()) if (user.endsWith("_claim")) redis.root("ACL", "DELUSER", user);
    assertThat(holds(at)).isEqualTo(Holds.Differs);
    var stranger = new ServiceId("reports", service.name(), "other");
    var order = new Order(stranger, "other-uid", place, new Limits(1, Duration.ZERO), Set.of());
    try (var session = engine(1).open(server())) {
      assertThatThrownBy(() -> session.checkClaim(order)).isInstanceOf(EngineException.class);
    }
    ensure(want(at, LoginState.Active));
    assertThat(holds(at)).isEqualTo(Holds.Works);
  }

  @Test
  void aFileThatCannotBeWrittenIsNoFence() throws Exception {
    var at = open(Access.ReadWrite);
    var file = folder.resolve("blue/users.acl");
    var kept = Files.readString(file);
    Files.delete(file);
    Files.createDirectory(file);
    try {
      assertThat(
              catchThrowableOfType(EngineException.class, () -> ensure(want(at, LoginState.Locked)))
                  .sentence())
          .contains("does not save its accounts");
      assertThat(findings()).contains(Finding.Id.AclNotSaved);
    } finally {
      Files.delete(file);
      Files.writeString(file, kept);
    }
    ensure(want(at, LoginState.Locked));
    assertThat(holds(at)).isEqualTo(Holds.Locked);
  }

  @Test
  void whatTheServerUsesItselfIsNobodysPrefix() throws Exception {
    var there = new Place("blue", new Scope.Keys("__sentinel__:"));
    var order = new Order(service, "namespace-uid", there, new Limits(1, Duration.ZERO), Set.of());
    try (var session = engine(1).open(server())) {
      assertThatThrownBy(() -> session.checkClaim(order)).isInstanceOf(EngineException.class);
    }
  }

  @Override
  boolean lockEndsSessions() {
    return true;
  }

  @Test
  void anAccountThatIsWorkedOnKeepsItsSessions() throws Exception {
    var at = open(Access.ReadWrite);
    try (var session = session(at)) {
      ensure(want(at, LoginState.Active));
      assertThat(alive(session)).isTrue();
    }
  }

  private Set<Finding.Id> findings() throws EngineException {
    try (var session = engine(1).open(server())) {
      return session.examine().findings().stream().map(Finding::id).collect(Collectors.toSet());
    }
  }

  @Test
  void whatIsWeakAboutAServerComesAndGoes() throws Exception {
    redis.root("ACL", "SETUSER", "default", "on", "nopass", "+ping");
    redis.root("ACL", "SETUSER", Redis.ADMIN, "+@all");
    assertThat(findings()).contains(Finding.Id.DefaultUserOpen, Finding.Id.AdminTooStrong);
    redis.root("ACL", "SETUSER", "default", "reset");
    administrator(remedy(Finding.Id.AdminTooStrong));
    assertThat(findings()).isEmpty();
    Files.writeString(folder.resolve("blue/users.acl"), Redis.accounts());
    redis.root("ACL", "LOAD");
    engine.keep(List.of());
    assertThat(findings()).isEmpty();
  }

  private String remedy(Finding.Id id) throws EngineException {
    try (var session = engine.open(server)) {
      return session.examine().findings().stream()
          .filter(f -> f.id() == id)
          .findFirst()
          .orElseThrow()
          .remedy();
    }
  }

  /// Does what a remedy says.
  private void administrator(String remedy) {
    var rules = remedy.substring("ACL SETUSER it with ".length(), remedy.indexOf(','));
    var command = new ArrayList<>(List.of("ACL", "SETUSER", Redis.ADMIN));
    command.addAll(List.of(rules.split(" ")));
    assertThat(redis.root(command.toArray(String[]::new))).isEqualTo("+OK");
  }

  @Test
  void aReplicaRefusesWhoWritesAndTakesNoAccounts() throws Exception {
    var at = open(Access.ReadWrite);
    var reader = slotB(Access.ReadOnly, 2);
    ensure(want(reader, LoginState.Active));
    redis.root("REPLICAOF", "127.0.0.1", "" + Ports.free());
    try (var session = engine(1).open(server())) {
      assertThat(session.identity().role()).isEqualTo(Identity.Role.Replica);
      assertThat(knock(at))
          .isInstanceOfSatisfying(
              Entry.Different.class,
              d -> assertThat(d.failure().reason()).isEqualTo(Reason.ServerReadOnly));
      assertThat(
              catchThrowableOfType(EngineException.class, () -> ensure(want(at, LoginState.Locked)))
                  .reason())
          .isEqualTo(Reason.ServerReadOnly);
    } finally {
      redis.root("REPLICAOF", "NO", "ONE");
    }
    letIn(reader);
  }

  @Test
  void keysAreCountedWhereTheyHaveToOutliveASwap() throws Exception {
    var at = open(Access.ReadOnly);
    redis.root(
        "EVAL", "for i = 1, 12000 do redis.call('SET', ARGV[1] .. i, 'x') end", "0", prefix());
    redis.root("SET", "elsewhere:" + prefix(), "x");

    try (var session = engine(1).open(server())) {
      var refused = catchThrowableOfType(EngineException.class, () -> session.inventory(order()));
      assertThat(refused.reason()).isEqualTo(Reason.AdminTooWeak);
      assertThat(refused.sentence()).endsWith("ACL SETUSER it with +scan");
      assertThat(session.inventory(order().uncompared())).isEmpty();
    }
    redis.root("ACL", "SETUSER", Redis.ADMIN, "+scan");
    try (var session = engine(1).open(server())) {
      assertThat(session.inventory(order())).contains(new Inventory.Number(12_000));
    } finally {
      redis.root("ACL", "SETUSER", Redis.ADMIN, "-scan");
    }
    assertThat(((Entry.LetIn) knock(at)).held()).hasValue(12_000);
    redis.root("FLUSHALL");
  }

  @Test
  void whoAdministersWithoutTheRightIsToldWhatToGrant() throws Exception {
    redis.root("ACL", "SETUSER", "weak", "on", ">weak-password", "+ping", "+info", "+acl|getuser");
    redis.root("ACL", "SETUSER", "nokill", "on", ">weak-password", "+ping", "+info", "+acl");
    var at = slotA(Access.ReadWrite, 1);
    var weak = at(redis.port(), "127.0.0.1", "weak", "weak-password", pki.anchor());
    try (var session = new RedisEngine(KEY, new FixedTerm(1), 1).open(weak)) {
      var refused =
          catchThrowableOfType(
              EngineException.class,
              () -> session.ensure(order(), List.of(want(at, LoginState.Active))));
      assertThat(refused.reason()).isEqualTo(Reason.AdminTooWeak);
      assertThat(refused.sentence()).contains("+acl|setuser");
    }
    var nokill = at(redis.port(), "127.0.0.1", "nokill", "weak-password", pki.anchor());
    try (var session = new RedisEngine(KEY, new FixedTerm(1), 1).open(nokill)) {
      assertThat(session.fenceable(order(), at).orElseThrow().reason())
          .isEqualTo(Reason.AdminTooWeak);
    }
    try (var session = engine(1).open(server())) {
      assertThat(session.fenceable(order(), at)).isEmpty();
    }
    redis.root("ACL", "DELUSER", "weak", "nokill");
  }

  @Test
  void whyNobodyIsLetInIsToldApart() throws Exception {
    var password = Redis.ADMIN_PASSWORD;
    NamesOfTests.let("named.test", "127.0.0.1");
    var reasons =
        Map.of(
            Reason.AdminRefused,
            at(redis.port(), "127.0.0.1", Redis.ADMIN, "wrong", pki.anchor()),
            Reason.CertificateNotTrusted,
            at(redis.port(), "127.0.0.1", Redis.ADMIN, password, new Pki().anchor()),
            Reason.CertificateNameMismatch,
            at(redis.port(), "named.test", Redis.ADMIN, password, pki.anchor()),
            Reason.ServerUnreachable,
            at(Ports.free(), "127.0.0.1", Redis.ADMIN, password, pki.anchor()));
    for (var server : reasons.entrySet()) {
      var failure =
          catchThrowableOfType(
              EngineException.class, () -> engine(2).open(server.getValue()).close());
      assertThat(failure.reason()).as(failure.sentence()).isEqualTo(server.getKey());
      assertThat(failure.silent()).isEqualTo(server.getKey() == Reason.ServerUnreachable);
    }
  }

  @Test
  void aServerThatHangsIsNotSilent() throws Exception {
    try (var _ = redis.frozen()) {
      var failure =
          catchThrowableOfType(EngineException.class, () -> engine(3).open(server()).close());
      assertThat(failure.silent()).isFalse();
      assertThat(failure.detail()).isEqualTo(Reason.Timeout);
    }
  }
}
