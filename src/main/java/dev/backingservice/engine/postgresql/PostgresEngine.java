package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Defaults;
import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Material;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Term;
import dev.backingservice.engine.wire.Handshake;
import dev.backingservice.model.Abilities;
import dev.backingservice.model.Access;
import dev.backingservice.model.Credential;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Place;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Sensitive;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// PostgreSQL 14 to 18.
public final class PostgresEngine implements Engine {
  private static final Defaults DEFAULTS = new Defaults(5432, Map.of("DATABASE_URL", "uri"));

  private final Marks marks;
  private final Term term;
  private final int connectionsPerServer;
  private final LongSupplier nanoTime;
  private final Map<Server, Lane> lanes = new ConcurrentHashMap<>();
  private final CompleteGroups complete = new CompleteGroups();

  /// @param term of this leader; grows with each leader
  /// @param connectionsPerServer administrator connections at once, at least 1
  public PostgresEngine(RootKey key, Term term, int connectionsPerServer) {
    this(key, term, connectionsPerServer, System::nanoTime);
  }

  /// @param nanoTime by which connections age
  public PostgresEngine(RootKey key, Term term, int connectionsPerServer, LongSupplier nanoTime) {
    this.marks = new Marks(key);
    this.term = term;
    this.connectionsPerServer = connectionsPerServer;
    this.nanoTime = nanoTime;
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
        Abilities.Refusal.Told);
  }

  @Override
  public Defaults defaults() {
    return DEFAULTS;
  }

  @Override
  public Session open(Server server) throws EngineException {
    var lane = lane(server);
    return session(lane, lane.borrow());
  }

  @Override
  public Session openAfresh(Server server) throws EngineException {
    var lane = lane(server);
    return session(lane, lane.borrowAfresh());
  }

  @Override
  public Optional<Session> warm(Server server) throws EngineException {
    var lane = lane(server);
    return lane.warm().map(loan -> session(lane, loan));
  }

  private Lane lane(Server server) {
    return lanes.computeIfAbsent(server, s -> new Lane(s, connectionsPerServer, nanoTime));
  }

  private Session session(Lane lane, Lane.Loan loan) {
    var provision = new Provision(lane.server(), marks, term, complete);
    return new PostgresSession(lane, loan, provision, marks);
  }

  @Override
  public Entry knock(Server server, Order order, Credential credential) throws EngineException {
    boolean granted = complete.holds(CompleteGroups.key(server, order));
    var entry = new Knock(server, marks, credential, granted).prove();
    if (entry instanceof Entry.Refused || entry instanceof Entry.Different)
      complete.forget(server.name());
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
    lanes.forEach(
        (server, lane) -> {
          if (!stillThere.contains(server) && lanes.remove(server, lane)) lane.close();
        });
  }

  @Override
  public long calls() {
    return Sql.STATEMENTS.sum();
  }
}
