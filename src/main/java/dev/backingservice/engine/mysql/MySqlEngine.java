package dev.backingservice.engine.mysql;

import dev.backingservice.engine.Defaults;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.MarkStore;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Material;
import dev.backingservice.engine.Order;
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
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;

/// MariaDB from 10.11 on, and MySQL from 8.4 on.
public final class MySqlEngine extends LaneEngine<JdbcLine> {
  private static final Defaults DEFAULTS = new Defaults(3306, "", Map.of("DATABASE_URL", "uri"));

  private static final Abilities ABILITIES =
      new Abilities(
          EnumSet.allOf(Access.class),
          Abilities.Fence.Proven,
          Abilities.Accounts.PerServer,
          Abilities.Overlap.TwoLogins,
          Abilities.Refusal.Told);

  private final Marks marks;
  private final MarkStore store;
  private final Term term;

  private final ForeignGrants foreign = new ForeignGrants();
  private final Set<Server> tables = ConcurrentHashMap.newKeySet();

  /// What each server turned out to be, for the bindings to it.
  private final Map<Server, Dialect> dialects = new ConcurrentHashMap<>();

  /// @param store of the marks of servers that have no place for them
  /// @param term of this leader; grows with each leader
  /// @param connectionsPerServer administrator connections at once, at least 1
  public MySqlEngine(RootKey key, MarkStore store, Term term, int connectionsPerServer) {
    super(new Lanes<>(connectionsPerServer, System::nanoTime, Dialling::new));
    this.marks = new Marks(key);
    this.store = store;
    this.term = term;
  }

  @Override
  public EngineKind kind() {
    return EngineKind.MySQL;
  }

  @Override
  public Abilities abilities() {
    return ABILITIES;
  }

  @Override
  public Defaults defaults() {
    return DEFAULTS;
  }

  @Override
  protected Session session(Lane<JdbcLine> lane, Lane.Loan<JdbcLine> loan) {
    var registry = new Registry(lane.server(), marks, store, foreign, tables);
    dialects.put(lane.server(), Dialect.of(loan.line().version()));
    return new MySqlSession(lane, loan, new Provision(registry, term), registry);
  }

  @Override
  public Entry knock(Server server, Order order, Credential credential) throws EngineException {
    return new Knock(server, credential).prove();
  }

  @Override
  public SortedMap<String, Sensitive> entries(Place place, Material material) {
    var dialect = dialects.getOrDefault(material.server(), Dialect.MySQL);
    return Entries.of(place, material, dialect);
  }

  @Override
  public Optional<String> anchor(Server server) {
    return Greeting.look(server, server.data()).flatMap(Handshake.Seen::anchor);
  }

  @Override
  public void keep(Collection<Server> stillThere) {
    dialects.keySet().retainAll(Set.copyOf(stillThere));
    foreign.keep(Set.copyOf(stillThere));
    tables.retainAll(Set.copyOf(stillThere));
    super.keep(stillThere);
  }

  @Override
  public long calls() {
    return Sql.STATEMENTS.sum();
  }
}
