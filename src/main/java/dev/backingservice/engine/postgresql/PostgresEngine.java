package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Capabilities;
import dev.backingservice.engine.Claim;
import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.EntryMaterial;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.model.Access;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Place;
import dev.backingservice.model.RootKey;
import java.sql.SQLException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// PostgreSQL 14 to 18.
public final class PostgresEngine implements Engine {
  private final Marks marks;
  private final LongSupplier term;
  private final int connectionsPerServer;
  private final Map<Server, Lane> lanes = new ConcurrentHashMap<>();
  private final Known known = new Known();

  /// @param term of this leader; grows with each leader
  /// @param connectionsPerServer administrator connections at once, at least 1
  public PostgresEngine(RootKey key, LongSupplier term, int connectionsPerServer) {
    this.marks = new Marks(key);
    this.term = term;
    this.connectionsPerServer = connectionsPerServer;
  }

  /// SQL statements sent by this process.
  public static long statements() {
    return Sql.STATEMENTS.sum();
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities("postgresql", EnumSet.allOf(Access.class), Capabilities.Fence.Proven);
  }

  @Override
  public Session open(Server server) throws EngineException {
    var lane = lanes.computeIfAbsent(server, s -> new Lane(s, connectionsPerServer));
    var provision = new Provision(server, marks, term, known);
    return new PostgresSession(lane, lane.borrow(), provision, marks);
  }

  @Override
  public int knock(Server server, Claim claim, Credential credential) throws EngineException {
    try (var connection = Connections.workload(server, credential)) {
      return Knock.prove(new Sql(connection), claim, credential.attachment().login());
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    } catch (EngineException e) {
      known.forget();
      throw e;
    }
  }

  @Override
  public Map<String, String> entries(Place place, EntryMaterial material) {
    return Entries.of(place, material);
  }

  @Override
  public Optional<String> anchor(Server server) {
    return Handshake.look(server).flatMap(Handshake.Seen::anchor);
  }

  @Override
  public Map<String, String> defaultEnv() {
    return Map.of("DATABASE_URL", "uri");
  }

  @Override
  public int defaultPort() {
    return 5432;
  }

  @Override
  public void retain(Collection<Server> stillThere) {
    lanes.forEach(
        (server, lane) -> {
          lane.trim();
          if (!stillThere.contains(server) && lanes.remove(server, lane)) lane.close();
        });
  }
}
