package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Want;
import dev.backingservice.engine.rabbitmq.RabbitMqEngine;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Intent.Limits;
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
import dev.backingservice.sandbox.Rabbitmq;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The part of RabbitMQ: exact rights, virtual hosts with prefixes, and brokers that read their
/// definitions again.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RabbitMqContract extends EngineContract {
  private static final String HOST = "shop/eu";

  /// Of the tests: nobody waits here.
  private static final Duration HALF_OPEN = Duration.ofMillis(200);

  private final Pki pki = new Pki();
  private final Rabbitmq.Product product;
  private Path folder;
  private Rabbitmq broker;
  private Server server;
  private Engine engine;

  RabbitMqContract(Rabbitmq.Product product) {
    this.product = product;
  }

  @BeforeAll
  void start() throws Exception {
    folder = Files.createTempDirectory("backing-engine-");
    broker = Rabbitmq.start(product, "blue", folder, pki);
    broker.virtualHost(HOST);
    broker.settle();
    server = at("127.0.0.1", Rabbitmq.ADMIN, Rabbitmq.ADMIN_PASSWORD, pki.anchor());
    engine = new RabbitMqEngine(KEY, new FixedTerm(1), 4, HALF_OPEN);
  }

  @AfterAll
  void stop() {
    engine.keep(List.of());
    broker.close();
    Folders.delete(folder);
  }

  private Server at(String host, String user, String password, String anchor) {
    return at(host, broker.port(), broker.managementPort(), user, password, anchor);
  }

  private static Server at(
      String host, int port, int management, String user, String password, String anchor) {
    return new Server(
        "blue",
        "server-uid",
        new Endpoint(host, port),
        new Endpoint(host, management),
        "",
        user,
        new Sensitive(password),
        new Trust(Trust.Mode.VerifyFull, anchor, false),
        Server.ClientCertificate.Offered);
  }

  @Override
  Engine engine(long term) {
    return term == 1 ? engine : new RabbitMqEngine(KEY, new FixedTerm(term), 4, HALF_OPEN);
  }

  /// A slot that was locked just now is made anew when nobody waits any more, as a reconcile does.
  @Override
  void ensure(Want... wants) throws EngineException {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (true)
      try {
        super.ensure(wants);
        return;
      } catch (EngineException e) {
        if (!e.sentence().contains("was locked just now") || System.nanoTime() > deadline) throw e;
      }
  }

  @Override
  Server server() {
    return server;
  }

  @Override
  Scope scope(String database) {
    return new Scope.VirtualHost(HOST, database + ".");
  }

  @Override
  void database(String name) throws Exception {
    broker.root("DELETE", "global-parameters/backingservice.term." + KEY.instance(), "");
    for (var queue : List.of(prefix() + "in", name + "xin", "other")) broker.queue(HOST, queue);
  }

  private String prefix() {
    return ((Scope.VirtualHost) place.scope()).prefix();
  }

  /// A connection that may have been closed from the other side.
  private record Opened(Connection connection) implements AutoCloseable {
    @Override
    public void close() {
      connection.abort();
    }
  }

  @Override
  Opened session(String login, String password) throws Exception {
    return new Opened(broker.connect(login, password, HOST));
  }

  private Opened session(Attachment at) throws Exception {
    return session(at.login(), KEY.password(service, at).reveal());
  }

  @Override
  boolean alive(AutoCloseable session) {
    var connection = ((Opened) session).connection;
    try (var channel = connection.createChannel()) {
      return channel != null;
    } catch (IOException | ShutdownSignalException | java.util.concurrent.TimeoutException e) {
      return false;
    }
  }

  @Override
  boolean lockEndsSessions() {
    return true;
  }

  /// What a session tries.
  @FunctionalInterface
  private interface Try {
    void on(Channel channel) throws Exception;
  }

  private static void publish(Channel channel, String exchange, String key) throws Exception {
    channel.confirmSelect();
    channel.basicPublish(exchange, key, new BasicProperties(), new byte[] {'1'});
    channel.waitForConfirmsOrDie(5000);
  }

  private Map<String, Try> tries() {
    var p = prefix();
    var near = p.replace('.', 'x');
    return Map.ofEntries(
        Map.entry("get", c -> c.basicGet(p + "in", true)),
        Map.entry("consume", c -> c.basicConsume(p + "in", (_, _) -> {}, _ -> {})),
        Map.entry("get near", c -> c.basicGet(near + "in", true)),
        Map.entry("get other", c -> c.basicGet("other", true)),
        Map.entry("send", c -> publish(c, "", p + "in")),
        Map.entry("declare", c -> c.queueDeclare(p + "new", false, true, true, null)),
        Map.entry("declare near", c -> c.queueDeclare(near + "new", false, true, true, null)),
        Map.entry("declare within", c -> c.queueDeclare("x" + p + "new", false, true, true, null)),
        Map.entry("declare other", c -> c.queueDeclare("others", false, true, true, null)),
        Map.entry("declare nameless", c -> c.queueDeclare()),
        Map.entry("exchange", c -> c.exchangeDeclare(p + "x", "topic", false, true, null)),
        Map.entry("exchange other", c -> c.exchangeDeclare("x", "topic", false, true, null)),
        Map.entry("purge other", c -> c.queuePurge("other")),
        Map.entry("delete other", c -> c.queueDelete("other")),
        Map.entry("send to topic", c -> publish(c, "amq.topic", "x")),
        Map.entry("bind to topic", c -> c.queueBind(p + "in", "amq.topic", "#")));
  }

  private static final Set<String> READS = Set.of("get", "consume");

  private static final Map<Access, Set<String>> MAY =
      Map.of(
          Access.ReadOnly, READS,
          Access.ReadWrite, with(READS, "send"),
          Access.Owner, with(READS, "send", "declare", "exchange"));

  private static Set<String> with(Set<String> some, String... more) {
    var all = new HashSet<>(some);
    all.addAll(List.of(more));
    return all;
  }

  @Test
  void eachLevelMayDoExactlyWhatItIs() throws Exception {
    long epoch = 1;
    for (var access : Access.values()) {
      var at = slotA(access, epoch++);
      ensure(want(at, LoginState.Active));
      letIn(at);
      try (var session = session(at)) {
        for (var one : tries().entrySet())
          assertThat(done(session, one.getValue()))
              .as(access + " " + one.getKey())
              .isEqualTo(MAY.get(access).contains(one.getKey()));
      }
    }
  }

  private static boolean done(Opened session, Try one) throws Exception {
    var channel = session.connection.createChannel();
    try {
      one.on(channel);
      channel.close();
      return true;
    } catch (IOException | ShutdownSignalException e) {
      assertThat(e).hasStackTraceContaining("ACCESS_REFUSED");
      return false;
    }
  }

  @Test
  void anotherVirtualHostIsClosed() throws Exception {
    var at = open(Access.Owner);
    assertThatThrownBy(() -> broker.connect(at.login(), KEY.password(service, at).reveal(), "/"))
        .isInstanceOf(IOException.class);
    assertThat(
            broker
                .ask(at.login(), KEY.password(service, at).reveal(), "GET", "overview", "")
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void aPrefixThatBeginsAnotherOneIsOneClaim() throws Exception {
    open(Access.ReadWrite);
    for (var other :
        List.of(prefix() + "sub.", prefix().substring(0, prefix().length() - 1), "amq", "amq.x"))
      assertThat(refused(HOST, other).reason()).as(other).isEqualTo(Reason.ServerNotAvailable);
    try (var session = engine(1).open(server())) {
      session.checkClaim(stranger("/", prefix()));
    }
  }

  private Order stranger(String host, String prefix) {
    var there = new Place("blue", new Scope.VirtualHost(host, prefix));
    return new Order(
        new ServiceId("reports", service.name(), "other"),
        "other-uid",
        there,
        new Limits(1, Duration.ZERO),
        Set.of());
  }

  private EngineException refused(String host, String prefix) throws Exception {
    try (var session = engine(1).open(server())) {
      return catchThrowableOfType(
          EngineException.class, () -> session.checkClaim(stranger(host, prefix)));
    }
  }

  @Test
  void aClaimThatWasLostIsNobodyElses() throws Exception {
    var at = open(Access.ReadWrite);
    for (var parameter : broker.root("global-parameters"))
      if (parameter.path("name").asText().startsWith("backingservice.claims."))
        broker.root("DELETE", "global-parameters/" + parameter.path("name").asText(), "");
    assertThat(holds(at)).isEqualTo(Holds.Differs);
    assertThat(refused(HOST, prefix() + "sub.").reason()).isEqualTo(Reason.ServerNotAvailable);
    ensure(want(at, LoginState.Active));
    assertThat(holds(at)).isEqualTo(Holds.Works);
  }

  @Test
  void aClaimIsGivenUpWithItsLastLogin() throws Exception {
    var at = open(Access.ReadWrite);
    try (var session = engine(1).open(server())) {
      session.drop(order());
      assertThat(session.look(order(), Set.of(at.login())).standing().of(at.login()))
          .isEqualTo(Holds.Differs);
      session.ensure(order(), List.of(want(at, LoginState.Absent)));
      session.drop(order());
      session.drop(order());
      session.checkClaim(stranger(HOST, prefix()));
    }
  }

  @Test
  void anAccountOfTheSameNameThatIsNotOursIsLeftAlone() throws Exception {
    var at = open(Access.ReadWrite);
    broker.root("DELETE", "users/" + at.login(), "");
    broker.root("PUT", "users/" + at.login(), "{\"password\":\"theirs\",\"tags\":\"\"}");
    broker.root("PUT", "permissions/%2F/" + at.login(), ALL);
    assertThat(holds(at)).isEqualTo(Holds.Foreign);
    for (var state : List.of(LoginState.Active, LoginState.Locked, LoginState.Absent))
      assertThat(
              catchThrowableOfType(EngineException.class, () -> ensure(want(at, state))).reason())
          .isEqualTo(Reason.NameTaken);
    broker.connect(at.login(), "theirs", "/").close();
    broker.root("DELETE", "users/" + at.login(), "");
  }

  private static final String ALL = "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}";

  @Test
  void whatWasAlteredIsSeenAndPutBack() throws Exception {
    var at = open(Access.ReadWrite);
    var user = "users/" + at.login();
    var tags = broker.root(user).path("tags").get(0).asText();
    var hash = broker.root(user).path("password_hash").asText();
    var altered =
        List.of(
            List.of("permissions/shop%2Feu/" + at.login(), ALL),
            List.of("permissions/%2F/" + at.login(), ALL),
            List.of("user-limits/" + at.login() + "/max-channels", "{\"value\":7}"),
            List.of("user-limits/" + at.login() + "/max-connections", "{\"value\":0}"),
            List.of(user, "{\"password\":\"another\",\"tags\":\"%s\"}".formatted(tags)),
            List.of(
                user,
                "{\"password_hash\":\"%s\",\"tags\":\"administrator,%s\"}".formatted(hash, tags)));
    for (var change : altered) {
      assertThat(broker.root("PUT", change.get(0), change.get(1)).statusCode()).isBetween(200, 204);
      assertThat(holds(at)).as(change.toString()).isEqualTo(Holds.Differs);
      ensure(want(at, LoginState.Active));
      assertThat(holds(at)).as(change.toString()).isEqualTo(Holds.Works);
      letIn(at);
    }
  }

  @Test
  void whoeverLoggedInWithAnotherPasswordIsEndedWhenItIsPutBack() throws Exception {
    var at = open(Access.ReadWrite);
    var tag = broker.root("users/" + at.login()).path("tags").get(0).asText();
    broker.root(
        "PUT", "users/" + at.login(), "{\"password\":\"planted\",\"tags\":\"%s\"}".formatted(tag));
    try (var intruder = session(at.login(), "planted")) {
      ensure(want(at, LoginState.Active));
      assertThat(alive(intruder)).isFalse();
    }
    letIn(at);
  }

  /// Whoever said the old password before it was taken away may wait before it enters a virtual
  /// host, and would have the rights of the new one.
  @Test
  void aSlotIsNotMadeAnewWhileLoginsOfItsOldEpochMayBeUnderWay() throws Exception {
    var patient = new RabbitMqEngine(KEY, new FixedTerm(1), 1, Duration.ofSeconds(3));
    var at = open(Access.ReadWrite);
    try (var session = patient.open(server())) {
      session.ensure(order(), List.of(want(at, LoginState.Locked, 2)));
      var later = slotA(Access.ReadWrite, 3);
      var early =
          catchThrowableOfType(
              EngineException.class,
              () -> session.ensure(order(), List.of(want(later, LoginState.Prepared))));
      assertThat(early.sentence()).contains("was locked just now");
      session.ensure(order(), List.of(want(at, LoginState.Active, 2))); // the undo does not wait
      letIn(at);
      session.ensure(order(), List.of(want(at, LoginState.Locked, 2)));
      Thread.sleep(3100);
      session.ensure(order(), List.of(want(later, LoginState.Prepared)));
      letIn(later);
    }
  }

  @Test
  void whoeverHadMoreRightsIsEndedWhenTheyAreTakenBack() throws Exception {
    var at = open(Access.ReadWrite);
    for (var host : List.of("shop%2Feu", "%2F")) {
      broker.root("PUT", "permissions/" + host + "/" + at.login(), ALL);
      try (var session = session(at)) {
        ensure(want(at, LoginState.Active));
        assertThat(alive(session)).isFalse();
      }
    }
    letIn(at);
  }

  @Test
  void aLoginWhoseMarkWasTakenAwayIsLockedAllTheSame() throws Exception {
    var at = open(Access.ReadWrite);
    broker.root("DELETE", "global-parameters/backingservice.login." + at.login(), "");
    assertThat(holds(at)).isEqualTo(Holds.Foreign);
    try (var session = session(at)) {
      ensure(want(at, LoginState.Locked, 2));
      assertThat(alive(session)).isFalse();
    }
    assertThat(knock(at)).isInstanceOf(Entry.Refused.class);
    ensure(want(at, LoginState.Absent));
    assertThat(holds(at)).isEqualTo(Holds.Absent);
  }

  @Test
  void aVirtualHostThatIsGoneHoldsUpNoFence() throws Exception {
    broker.virtualHost("going");
    place = new Place("blue", new Scope.VirtualHost("going", "orders-"));
    var at = open(Access.ReadWrite);
    broker.root("DELETE", "vhosts/going", "");
    assertThat(knock(at))
        .isInstanceOfSatisfying(
            Entry.Different.class,
            d -> assertThat(d.failure().reason()).isEqualTo(Reason.DatabaseMissing));
    ensure(want(at, LoginState.Locked, 2));
    assertThat(knock(at)).isInstanceOf(Entry.Refused.class);
    ensure(want(at, LoginState.Absent));
  }

  @Test
  void aLoginWithoutAConnectionFreeIsFull() throws Exception {
    var at = open(Access.ReadWrite);
    broker.root("PUT", "user-limits/" + at.login() + "/max-connections", "{\"value\":1}");
    try (var session = session(at)) {
      assertThat(knock(at)).isInstanceOf(Entry.Full.class);
      assertThat(alive(session)).isTrue();
    }
  }

  @Test
  void manyLoginsOfACopyAreLockedStepByStep() throws Exception {
    var at = new java.util.ArrayList<Attachment>();
    for (int i = 0; i < 45; i++) {
      service = new ServiceId("shop", "copied-" + i, "copied-" + i);
      var elsewhere =
          new Attachment(place.on("elsewhere"), "", KEY.logins(service).a(), Access.ReadWrite, 1);
      ensure(want(elsewhere, LoginState.Active));
      at.add(elsewhere);
    }
    try (var session = engine(1).open(server())) {
      var first =
          catchThrowableOfType(EngineException.class, () -> session.lockStrangers(Set.of("blue")));
      assertThat(first.sentence()).contains("5 more logins");
    }
    try (var session = engine(1).open(server())) {
      assertThat(session.lockStrangers(Set.of("blue"))).isEqualTo(5);
      assertThat(session.lockStrangers(Set.of("blue"))).isZero();
    }
    for (var login : at) broker.root("DELETE", "users/" + login.login(), "");
  }

  @Test
  void aLockedLoginThatSomebodyGaveRightsIsNotFenced() throws Exception {
    var at = open(Access.ReadWrite);
    ensure(want(at, LoginState.Locked, 2));
    broker.root("PUT", "permissions/shop%2Feu/" + at.login(), ALL);
    assertThat(standing(at).find(at.login()).orElseThrow().fenced()).isFalse();
    broker.root(
        "PUT",
        "users/" + at.login(),
        "{\"password\":\"planted\",\"tags\":\"administrator,%s\"}"
            .formatted(broker.root("users/" + at.login()).path("tags").get(0).asText()));
    ensure(want(at, LoginState.Locked, 2));
    assertThat(standing(at).find(at.login()).orElseThrow().fenced()).isTrue();
    assertThat(broker.ask(at.login(), "planted", "GET", "overview", "").statusCode())
        .isEqualTo(401);
  }

  @Test
  void aBrokerThatForgotItsAccountsIsGivenThemAgain() throws Exception {
    var at = open(Access.ReadWrite);
    broker.root("DELETE", "users/" + at.login(), "");
    assertThat(holds(at)).isEqualTo(Holds.Absent);
    assertThat(knock(at)).isInstanceOf(Entry.Refused.class);
    ensure(want(at, LoginState.Active));
    letIn(at);
  }

  @Test
  void anAccountThatIsWorkedOnKeepsItsSessions() throws Exception {
    var at = open(Access.ReadWrite);
    try (var session = session(at)) {
      ensure(want(at, LoginState.Active));
      assertThat(alive(session)).isTrue();
      ensure(want(at.with(Access.Owner), LoginState.Active));
      assertThat(alive(session)).isTrue();
    }
  }

  @Test
  void aVirtualHostThatIsMissingIsToldAndNothingIsMade() throws Exception {
    place = new Place("blue", new Scope.VirtualHost("missing", "orders-"));
    var at = slotA(Access.ReadWrite, 1);
    var refused =
        catchThrowableOfType(EngineException.class, () -> ensure(want(at, LoginState.Active)));
    assertThat(refused.reason()).isEqualTo(Reason.DatabaseMissing);
    assertThat(refused.sentence()).contains("rabbitmqctl add_vhost missing");
    assertThat(holds(at)).isEqualTo(Holds.Absent);
  }

  @Test
  void queuesAreComparedAndMessagesCounted() throws Exception {
    try (var owner = broker.owner(HOST);
        var channel = owner.createChannel();
        var session = engine(1).open(server())) {
      channel.queueDeclare(prefix() + "passing", false, true, true, null);
      assertThat(names(session.inventory(order()))).containsExactly(prefix() + "in");
      for (int i = 0; i < 7; i++) publish(channel, "", prefix() + "in");
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(() -> assertThat(session.leftBehind(place)).hasValue(7));
      channel.queuePurge(prefix() + "in");
    }
  }

  /// What is found as soon as the broker can be judged: one that starts answers that it does.
  private Set<Finding.Id> findings() throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (true)
      try (var session = engine(1).open(server())) {
        return session.examine().findings().stream().map(Finding::id).collect(Collectors.toSet());
      } catch (EngineException e) {
        if (e.reason() != Reason.ServerUnreachable || System.nanoTime() > deadline) throw e;
        Thread.sleep(100);
      }
  }

  @Test
  void whatIsWeakAboutABrokerComesAndGoes() throws Exception {
    assertThat(findings()).doesNotContain(Finding.Id.GuestReachable, Finding.Id.PlaintextAccepted);
    broker.root("PUT", "users/guest", "{\"password\":\"guest\",\"tags\":\"administrator\"}");
    broker.root("PUT", "users/app", "{\"password\":\"x\",\"tags\":\"policymaker\"}");
    broker.configure(".1 = 127.0.0.1:" + Ports.free());
    var at = open(Access.ReadWrite);
    var other = new Neighbour(stranger(HOST, "reports" + service.uid()));
    other.attach();
    restart();
    assertThat(findings())
        .contains(
            Finding.Id.GuestReachable,
            Finding.Id.PlaintextAccepted,
            Finding.Id.VirtualHostShared,
            Finding.Id.MarksWritable);
    assertThat(holds(at)).as("what a restart leaves").isEqualTo(Holds.Works);
    broker.root("DELETE", "users/guest", "");
    broker.root("DELETE", "users/app", "");
    broker.configure(" = none");
    other.leave();
    restart();
    assertThat(findings())
        .doesNotContain(
            Finding.Id.GuestReachable, Finding.Id.PlaintextAccepted, Finding.Id.MarksWritable);
    broker.settle();
  }

  /// A service of another namespace.
  private final class Neighbour {
    private final Order order;

    Neighbour(Order order) {
      this.order = order;
    }

    void attach() throws EngineException {
      ensure(LoginState.Active);
    }

    void leave() throws EngineException {
      ensure(LoginState.Absent);
      try (var session = engine(1).open(server())) {
        session.drop(order);
      }
    }

    private void ensure(LoginState state) throws EngineException {
      var login = KEY.logins(order.service()).a();
      var at = new Attachment(order.place(), "", login, Access.ReadWrite, 1);
      var want =
          new Want(at, state, 0, KEY.password(order.service(), at), KEY.salt(order.service(), at));
      try (var session = engine(1).open(server())) {
        session.ensure(order, List.of(want));
      }
    }
  }

  private void restart() throws Exception {
    engine.keep(List.of());
    broker.stop();
    broker.start();
  }

  @Test
  void aRestartIsAnotherProcessOfTheSameLineage() throws Exception {
    String lineage;
    String before;
    try (var session = engine(1).open(server())) {
      lineage = session.identity().serverId();
      before = session.identity().running();
    }
    restart();
    broker.settle();
    try (var session = engine(1).openAfresh(server())) {
      assertThat(session.identity().serverId()).isEqualTo(lineage).isNotEmpty();
      assertThat(session.identity().running()).isNotEqualTo(before);
    }
  }

  @Test
  void whoAdministersWithoutTheRightIsToldWhatToGrant() throws Exception {
    for (var tags : List.of("monitoring", "")) {
      broker.root("PUT", "users/weak", "{\"password\":\"weak\",\"tags\":\"%s\"}".formatted(tags));
      var weak = at("127.0.0.1", "weak", "weak", pki.anchor());
      var refused =
          catchThrowableOfType(
              EngineException.class,
              () -> new RabbitMqEngine(KEY, new FixedTerm(1), 1).open(weak).close());
      assertThat(refused.reason()).isEqualTo(Reason.AdminTooWeak);
      assertThat(refused.sentence()).contains("rabbitmqctl set_user_tags weak administrator");
    }
    broker.root("DELETE", "users/weak", "");
    try (var session = engine(1).open(server())) {
      assertThat(session.fenceable(order(), slotA(Access.ReadWrite, 1))).isEmpty();
    }
  }

  @Test
  void whyNobodyIsLetInIsToldApart() throws Exception {
    var password = Rabbitmq.ADMIN_PASSWORD;
    NamesOfTests.let("named.test", "127.0.0.1");
    int management = broker.managementPort();
    var reasons =
        Map.of(
            Reason.AdminRefused,
            at("127.0.0.1", Rabbitmq.ADMIN, "wrong", pki.anchor()),
            Reason.CertificateNotTrusted,
            at("127.0.0.1", Rabbitmq.ADMIN, password, new Pki().anchor()),
            Reason.CertificateNameMismatch,
            at("named.test", Rabbitmq.ADMIN, password, pki.anchor()),
            Reason.ProtocolMismatch,
            at("127.0.0.1", 1, broker.port(), Rabbitmq.ADMIN, password, pki.anchor()),
            Reason.ServerUnreachable,
            at("127.0.0.1", Ports.free(), Ports.free(), Rabbitmq.ADMIN, password, pki.anchor()));
    for (var server : reasons.entrySet()) {
      var failure =
          catchThrowableOfType(
              EngineException.class, () -> engine(2).open(server.getValue()).close());
      assertThat(failure.reason()).as(failure.sentence()).isEqualTo(server.getKey());
      assertThat(failure.silent()).isEqualTo(server.getKey() == Reason.ServerUnreachable);
    }
    var mute = at("127.0.0.1", Ports.free(), management, Rabbitmq.ADMIN, password, pki.anchor());
    try (var session = engine(2).open(mute)) {
      assertThat(catchThrowableOfType(EngineException.class, session::examine).sentence())
          .contains(mute.data().toString());
    }
  }

  @Test
  void aBrokerThatHangsIsNotSilent() throws Exception {
    try (var _ = broker.frozen()) {
      var failure =
          catchThrowableOfType(EngineException.class, () -> engine(3).open(server()).close());
      assertThat(failure.silent()).isFalse();
      assertThat(failure.detail()).isEqualTo(Reason.Timeout);
    }
  }
}
