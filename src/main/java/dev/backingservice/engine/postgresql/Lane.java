package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The few administrator connections of one server: bounded, so that a slow or hostile server
/// delays only its own services, and kept warm. Unlike a general pool it reports the first
/// failure at once: the fence must tell a silent server from a busy one within the connect
/// timeout.
final class Lane implements AutoCloseable {
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long BREAKER_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int WAIT_SECONDS = 10;

  private final Server server;
  private final Semaphore permits;
  private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();
  private volatile Broken broken =
      new Broken(EngineException.silent("not tried yet"), Long.MIN_VALUE);
  private volatile boolean closed;

  Lane(Server server, int connections) {
    this.server = server;
    this.permits = new Semaphore(connections, true);
  }

  Server server() {
    return server;
  }

  /// A connection to the administrator's database; to be given back.
  Connection borrow() throws EngineException {
    takePermit();
    try {
      return warmOrNew();
    } catch (EngineException | RuntimeException e) {
      permits.release();
      throw e;
    }
  }

  /// Gives a connection back; a broken one is closed.
  void giveBack(Connection connection) {
    try {
      if (!connection.isClosed() && !connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      if (closed || connection.isClosed()) connection.close();
      else idle.addFirst(new Idle(connection, System.nanoTime()));
    } catch (SQLException e) {
      discard(connection);
    } finally {
      permits.release();
    }
  }

  /// Closes what has been idle, but for one warm connection.
  void trim() {
    while (idle.size() > 1) {
      var last = idle.pollLast();
      if (last != null) discard(last.connection);
    }
  }

  @Override
  public void close() {
    closed = true;
    for (var i = idle.poll(); i != null; i = idle.poll()) discard(i.connection);
  }

  private void takePermit() throws EngineException {
    try {
      if (permits.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw EngineException.of(
        Reason.ServerUnreachable,
        server.name() + " is busy: no administrator connection was free in " + WAIT_SECONDS + " s");
  }

  private Connection warmOrNew() throws EngineException {
    for (var i = idle.poll(); i != null; i = idle.poll()) {
      if (usable(i)) return i.connection;
      discard(i.connection);
    }
    if (System.nanoTime() - broken.at < BREAKER_NANOS && broken.at != Long.MIN_VALUE)
      throw broken.failure;
    try {
      return Connections.administrator(server, server.adminDatabase());
    } catch (EngineException e) {
      if (e.silent()) broken = new Broken(e, System.nanoTime());
      throw e;
    }
  }

  private static boolean usable(Idle i) {
    try {
      return System.nanoTime() - i.since < FRESH_NANOS || i.connection.isValid(2);
    } catch (SQLException e) {
      return false;
    }
  }

  private static void discard(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // it is gone either way
    }
  }

  private record Idle(Connection connection, long since) {}

  private record Broken(EngineException failure, long at) {}
}
