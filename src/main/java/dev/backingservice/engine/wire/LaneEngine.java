package dev.backingservice.engine.wire;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import java.util.Collection;
import java.util.Optional;

/// An engine whose administrator has a lane of connections to each server.
///
/// @param <L> a connection of the engine
public abstract class LaneEngine<L extends Line> implements Engine {
  private final Lanes<L> lanes;

  protected LaneEngine(Lanes<L> lanes) {
    this.lanes = lanes;
  }

  /// The session on a connection that was borrowed. Whoever throws gives it back first.
  protected abstract Session session(Lane<L> lane, Lane.Loan<L> loan) throws EngineException;

  @Override
  public final Session open(Server server) throws EngineException {
    var lane = lanes.of(server);
    return session(lane, lane.borrow());
  }

  @Override
  public final Session openAfresh(Server server) throws EngineException {
    var lane = lanes.of(server);
    return session(lane, lane.borrowAfresh());
  }

  @Override
  public final Optional<Session> warm(Server server) throws EngineException {
    var lane = lanes.of(server);
    var loan = lane.warm();
    return loan.isEmpty() ? Optional.empty() : Optional.of(session(lane, loan.get()));
  }

  /// Of a protocol that begins with TLS; another one asks for it first.
  @Override
  public Optional<String> anchor(Server server) {
    return Handshake.look(server, server.data(), _ -> {}).flatMap(Handshake.Seen::anchor);
  }

  @Override
  public void keep(Collection<Server> stillThere) {
    lanes.keep(stillThere);
  }
}
