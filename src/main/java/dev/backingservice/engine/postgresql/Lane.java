package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.wire.Attempt;
import dev.backingservice.engine.wire.Outage;
import dev.backingservice.model.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The few administrator connections of one server: bounded, so that a slow or hostile server
/// delays only its own services, and kept warm for a while. While a server is down, one caller at a
/// time tries it; the others are told at once what it saw.
final class Lane implements AutoCloseable {
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long OLDEST_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long SURPLUS_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final Duration OPERATION = Duration.ofSeconds(20);
  private static final long WAIT_MILLIS = 2000;

  private final Server server;
  private final LongSupplier nanoTime;
  private final Semaphore permits;
  private final Outage outage = new Outage();
  private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  Lane(Server server, int connections, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.server = server;
    this.permits = new Semaphore(connections, true);
  }

  Server server() {
    return server;
  }

  /// A connection that is in use, within the bounds of one operation.
  ///
  /// @param born when it was made
  record Loan(Connection connection, Attempt attempt, long born) {
    /// An operation begins, within its own bounds.
    void begin() {
      attempt.bounds().begin(OPERATION);
    }
  }

  /// A connection to the administrator's database; to be given back.
  Loan borrow() throws EngineException {
    takePermit();
    try {
      var loan = warmOrNew();
      loan.begin();
      return loan;
    } catch (EngineException | RuntimeException | Error e) {
      permits.release();
      throw e;
    }
  }

  /// The same past what an earlier try saw.
  Loan borrowAfresh() throws EngineException {
    outage.forget();
    return borrow();
  }

  /// A connection that is there already and answers, however old; to be given back. Empty when
  /// there is none.
  Optional<Loan> warm() throws EngineException {
    takePermit();
    for (var i = idle.poll(); i != null; i = idle.poll()) {
      i.loan.begin();
      if (isValid(i.loan.connection)) return Optional.of(i.loan);
      discard(i.loan.connection);
    }
    permits.release();
    return Optional.empty();
  }

  /// Gives a connection back; a broken one is closed.
  void giveBack(Loan loan) {
    var connection = loan.connection;
    try {
      if (!connection.isClosed() && !connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      loan.attempt.bounds().end();
      if (closed || connection.isClosed() || loan.attempt.bounds().exceeded()) discard(connection);
      else idle.addFirst(new Idle(loan, nanoTime.getAsLong()));
      trim();
      if (closed) close();
    } catch (SQLException e) {
      discard(connection);
    } finally {
      permits.release();
    }
  }

  /// Closes what a burst has left behind, but for one warm connection.
  private void trim() {
    long now = nanoTime.getAsLong();
    for (var last = idle.peekLast();
        idle.size() > 1 && last != null && now - last.since > SURPLUS_NANOS;
        last = idle.peekLast()) if (idle.removeLastOccurrence(last)) discard(last.loan.connection);
  }

  @Override
  public void close() {
    closed = true;
    for (var i = idle.poll(); i != null; i = idle.poll()) discard(i.loan.connection);
  }

  /// Busy means: come back. Nobody waits long for another's server.
  private void takePermit() throws EngineException {
    try {
      if (permits.tryAcquire(WAIT_MILLIS, TimeUnit.MILLISECONDS)) return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw EngineException.of(
        Reason.ServerUnreachable,
        server.name() + " is busy: no administrator connection was free in 2 s");
  }

  private Loan warmOrNew() throws EngineException {
    Loan old = null;
    for (var i = idle.poll(); i != null; i = idle.poll()) {
      i.loan.begin();
      if (usable(i)) {
        if (old != null) discard(old.connection);
        return i.loan;
      }
      if (old == null && alive(i)) old = i.loan;
      else discard(i.loan.connection);
    }
    return old == null ? outage.tried(this::opened) : renewed(old);
  }

  /// A new connection in the place of one that is old. Where none can be made, logins may hold up
  /// everybody who connects, or have taken every connection: the old one is the only way in. A
  /// refusal of the administrator or of the certificate is one of the old connection as well.
  private Loan renewed(Loan old) throws EngineException {
    try {
      DatabaseLocks.release(server, new Sql(old.connection));
      var fresh = outage.tried(this::opened);
      discard(old.connection);
      return fresh;
    } catch (EngineException e) {
      if (e.reason() == Reason.ServerUnreachable && isValid(old.connection)) {
        old.begin();
        return old;
      }
      discard(old.connection);
      throw e;
    }
  }

  private Loan opened() throws EngineException {
    var opened = Instances.primary(server);
    return new Loan(opened.connection(), opened.attempt(), nanoTime.getAsLong());
  }

  /// At most a minute old, to an address that the name has now, and alive.
  private boolean usable(Idle i) {
    long now = nanoTime.getAsLong();
    return now - i.loan.born < OLDEST_NANOS && (now - i.since < FRESH_NANOS || alive(i));
  }

  private static boolean alive(Idle i) {
    return i.loan.attempt.current() && isValid(i.loan.connection);
  }

  private static boolean isValid(Connection connection) {
    try {
      return connection.isValid(2);
    } catch (SQLException e) {
      return false;
    }
  }

  private static void discard(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      return; // it is gone either way
    }
  }

  private record Idle(Loan loan, long since) {}
}
