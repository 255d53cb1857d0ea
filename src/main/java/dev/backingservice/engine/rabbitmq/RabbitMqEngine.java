package dev.backingservice.engine.rabbitmq;

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
import dev.backingservice.model.Failure;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Sensitive;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// RabbitMQ from 3.10 on.
public final class RabbitMqEngine extends LaneEngine<ApiLine> {
  private static final Defaults DEFAULTS = new Defaults(5671, 15671, "", Map.of("AMQP_URL", "uri"));
  private static final Abilities ABILITIES =
      new Abilities(
          EnumSet.allOf(Access.class),
          Abilities.Fence.Proven,
          Abilities.Accounts.PerServer,
          Abilities.Overlap.TwoLogins,
          Abilities.Refusal.Untold);
  /// `handshake_timeout` of a broker is 10 s.
  private static final Duration HALF_OPEN = Duration.ofSeconds(11);

  private final Marks marks;
  private final Term term;
  private final Map<Server, Map<String, Registry.Closed>> closed = new ConcurrentHashMap<>();
  private final Duration halfOpen;
  private final Map<Server, ReentrantLock> locks = new ConcurrentHashMap<>();

  /// @param term of this leader; grows with each leader
  /// @param connectionsPerServer administrator connections at once, at least 1
  public RabbitMqEngine(RootKey key, Term term, int connectionsPerServer) {
    this(key, term, connectionsPerServer, HALF_OPEN);
  }

  /// @param halfOpen how long a broker lets a client wait before it enters a virtual host
  public RabbitMqEngine(RootKey key, Term term, int connectionsPerServer, Duration halfOpen) {
    super(new Lanes<>(connectionsPerServer, System::nanoTime, Dialling::new));
    this.halfOpen = halfOpen;
    this.marks = new Marks(key);
    this.term = term;
  }

  @Override
  public EngineKind kind() {
    return EngineKind.RabbitMQ;
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
  protected Session session(Lane<ApiLine> lane, Lane.Loan<ApiLine> loan) {
    var server = lane.server();
    var registry =
        new Registry(
            server,
            marks,
            term,
            locks.computeIfAbsent(server, _ -> new ReentrantLock()),
            closed.computeIfAbsent(server, _ -> new ConcurrentHashMap<>()),
            halfOpen);
    return new RabbitMqSession(lane, loan, registry);
  }

  @Override
  public Entry knock(Server server, Order order, Credential credential) throws EngineException {
    return new Knock(server, credential).prove();
  }

  @Override
  public Optional<Failure> refusal(Place place) {
    var host = Permission.host(place);
    return Vhosts.fits(host.name()) && !Permission.reserved(host.prefix())
        ? Optional.empty()
        : Optional.of(
            new Failure(
                Reason.AccessNotSupported,
                "rabbitmq.prefix cannot begin with 'amq.' or be the beginning of it, and rabbitmq.vhost consists of letters, digits and '._:/@-': choose another one"));
  }

  @Override
  public SortedMap<String, Sensitive> entries(Place place, Material material) {
    return Entries.of(place, material);
  }

  @Override
  public void keep(Collection<Server> stillThere) {
    var known = Set.copyOf(stillThere);
    locks.keySet().retainAll(known);
    closed.keySet().retainAll(known);
    super.keep(known);
  }

  @Override
  public long calls() {
    return Http.REQUESTS.sum() + Amqp.METHODS.sum();
  }
}
