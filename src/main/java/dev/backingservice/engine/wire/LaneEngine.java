package dev.backingservice.engine.wire;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.FollowerSession;
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
    return open(server, Lane::borrow);
  }

  @Override
  public final Session openAfresh(Server server) throws EngineException {
    return open(server, Lane::borrowAfresh);
  }

  private Session open(Server server, Borrowing<L> borrowing) throws EngineException {
    return server.primary().isEmpty()
        ? session(server, borrowing)
        : FollowerSession.open(
            server, () -> session(server.accounts(), borrowing), () -> session(server, borrowing));
  }

  private Session session(Server server, Borrowing<L> borrowing) throws EngineException {
    var lane = lanes.of(server);
    return session(lane, borrowing.from(lane));
  }

  /// Of a standby that of its primary, which can lock.
  @Override
  public final Optional<Session> warm(Server server) throws EngineException {
    var lane = lanes.of(server.accounts());
    var loan = lane.warm();
    return loan.isEmpty() ? Optional.empty() : Optional.of(session(lane, loan.get()));
  }

  /// How a connection is borrowed.
  @FunctionalInterface
  private interface Borrowing<L extends Line> {
    Lane.Loan<L> from(Lane<L> lane) throws EngineException;
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
