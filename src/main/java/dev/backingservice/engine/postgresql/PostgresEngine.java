package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Defaults;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Material;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Pause;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Term;
import dev.backingservice.engine.jdbc.JdbcLine;
import dev.backingservice.engine.wire.Handshake;
import dev.backingservice.engine.wire.Lane;
import dev.backingservice.engine.wire.LaneEngine;
import dev.backingservice.engine.wire.Lanes;
import dev.backingservice.model.Abilities;
import dev.backingservice.model.Access;
import dev.backingservice.model.Credential;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Place;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Sensitive;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.LongSupplier;

/// PostgreSQL 14 to 18.
public final class PostgresEngine extends LaneEngine<JdbcLine> {
  private static final Defaults DEFAULTS =
      new Defaults(5432, "postgres", Map.of("DATABASE_URL", "uri"));

  /// How long a new login may be unknown to one of several standbys.
  private static final Duration BALANCED = Duration.ofSeconds(2);

  private static final long PAUSE_MILLIS = 100;

  private final Registry registry;

  /// @param term of this leader; grows with each leader
  /// @param connectionsPerServer administrator connections at once, at least 1
  public PostgresEngine(RootKey key, Term term, int connectionsPerServer) {
    this(key, term, connectionsPerServer, System::nanoTime);
  }

  /// @param nanoTime by which connections age
  public PostgresEngine(RootKey key, Term term, int connectionsPerServer, LongSupplier nanoTime) {
    super(new Lanes<>(connectionsPerServer, nanoTime, Dialling::new));
    this.registry = new Registry(new Marks(key), term);
  }

  @Override
  public EngineKind kind() {
    return EngineKind.PostgreSQL;
  }

  @Override
  public Abilities abilities() {
    return new Abilities(
        EnumSet.allOf(Access.class),
        Abilities.Fence.Proven,
        Abilities.Accounts.PerServer,
        Abilities.Overlap.TwoLogins,
        Abilities.Refusal.Told,
        Abilities.Following.Logical);
  }

  @Override
  public Defaults defaults() {
    return DEFAULTS;
  }

  @Override
  protected Session session(Lane<JdbcLine> lane, Lane.Loan<JdbcLine> loan) {
    return new PostgresSession(lane, loan, registry);
  }

  @Override
  public Entry knock(Server server, Order order, Credential credential) throws EngineException {
    return server.primary().isEmpty()
        ? knock(server, credential, registry.complete().holds(CompleteGroups.key(server, order)))
        : knockPatiently(server, credential);
  }

  /// Behind a balancer another standby may answer than the one that was seen to have replayed a
  /// new login.
  private Entry knockPatiently(Server server, Credential credential) throws EngineException {
    long deadline = System.nanoTime() + BALANCED.toNanos();
    while (true) {
      var entry = knock(server, credential, false);
      if (entry instanceof Entry.LetIn
          || System.nanoTime() > deadline
          || !Pause.ofMillis(PAUSE_MILLIS)) return entry;
    }
  }

  @Override
  public Entry inspect(Server server, Order order, Credential credential) throws EngineException {
    return knock(server, credential, false);
  }

  /// @param granted whether every right was seen granted a short while ago
  private Entry knock(Server server, Credential credential, boolean granted)
      throws EngineException {
    var entry = new Knock(server, registry, credential, granted).prove();
    if (entry instanceof Entry.Refused || entry instanceof Entry.Different)
      registry.complete().forget(server.accounts().name());
    return entry;
  }

  @Override
  public SortedMap<String, Sensitive> entries(Place place, Material material) {
    return Entries.of(place, material);
  }

  @Override
  public Optional<String> anchor(Server server) {
    return SslRequest.look(server, server.data()).flatMap(Handshake.Seen::anchor);
  }

  @Override
  public void keep(Collection<Server> stillThere) {
    var known = Set.copyOf(stillThere);
    registry.keep(known);
    super.keep(known);
  }

  @Override
  public long calls() {
    return Sql.STATEMENTS.sum();
  }
}
