package dev.backingservice.engine.redis;

import dev.backingservice.engine.Defaults;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Material;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Term;
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
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// Redis from 7.0 on, and Valkey.
public final class RedisEngine extends LaneEngine<RedisLine> {
  private static final Defaults DEFAULTS = new Defaults(6379, "", Map.of("REDIS_URL", "uri"));

  private static final Abilities ABILITIES =
      new Abilities(
          EnumSet.allOf(Access.class),
          Abilities.Fence.Proven,
          Abilities.Accounts.PerNode,
          Abilities.Overlap.TwoLogins,
          Abilities.Refusal.Untold);

  private final Marks marks;
  private final Term term;
  private final Levels levels = new Levels();
  private final Map<Server, Map<String, Integer>> ended = new ConcurrentHashMap<>();
  private final Map<Server, ReentrantLock> locks = new ConcurrentHashMap<>();

  /// What each server turned out to be, for the bindings to it.
  private final Map<Server, String> providers = new ConcurrentHashMap<>();

  /// @param term of this leader; grows with each leader
  /// @param connectionsPerServer administrator connections at once, at least 1
  public RedisEngine(RootKey key, Term term, int connectionsPerServer) {
    super(new Lanes<>(connectionsPerServer, System::nanoTime, Dialling::new));
    this.marks = new Marks(key);
    this.term = term;
  }

  @Override
  public EngineKind kind() {
    return EngineKind.Redis;
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
  protected Session session(Lane<RedisLine> lane, Lane.Loan<RedisLine> loan)
      throws EngineException {
    var server = lane.server();
    var lock = locks.computeIfAbsent(server, _ -> new ReentrantLock());
    var registry =
        new Registry(
            server,
            marks,
            term,
            levels,
            lock,
            ended.computeIfAbsent(server, _ -> new ConcurrentHashMap<>()));
    try {
      if (!providers.containsKey(server)) providers.put(server, provider(loan, server));
    } catch (EngineException e) {
      lane.giveBack(loan);
      throw e;
    }
    return new RedisSession(lane, loan, registry);
  }

  private static String provider(Lane.Loan<RedisLine> loan, Server server) throws EngineException {
    var version = Identification.read(new Redis(loan.line().resp(), server)).version();
    return version.startsWith("Valkey") ? "valkey" : "redis";
  }

  @Override
  public Entry knock(Server server, Order order, Credential credential) throws EngineException {
    return new Knock(server, order, credential).prove();
  }

  @Override
  public SortedMap<String, Sensitive> entries(Place place, Material material) {
    return Entries.of(place, material, providers.getOrDefault(material.server(), "redis"));
  }

  @Override
  public void keep(Collection<Server> stillThere) {
    var known = Set.copyOf(stillThere);
    providers.keySet().retainAll(known);
    locks.keySet().retainAll(known);
    ended.keySet().retainAll(known);
    super.keep(known);
  }

  @Override
  public long calls() {
    return Resp.COMMANDS.sum();
  }
}
