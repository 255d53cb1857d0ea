package dev.backingservice.engine.wire;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The few administrator connections of one server: bounded, so that a slow or hostile server
/// delays only its own services, and kept warm for a while. While a server is down, one caller at a
/// time tries it; the others are told at once what it saw.
///
/// @param <L> a connection of the engine
public final class Lane<L extends Line> implements AutoCloseable {
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long OLDEST_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long SURPLUS_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final Duration OPERATION = Duration.ofSeconds(20);
  private static final long WAIT_MILLIS = 2000;

  private final Server server;
  private final Dial<L> dial;
  private final LongSupplier nanoTime;
  private final Semaphore permits;
  private final Outage outage = new Outage();
  private final ConcurrentLinkedDeque<Idle<L>> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  /// @param connections at once, at least 1
  /// @param nanoTime by which connections age
  public Lane(Server server, int connections, LongSupplier nanoTime, Dial<L> dial) {
    this.nanoTime = nanoTime;
    this.server = server;
    this.dial = dial;
    this.permits = new Semaphore(connections, true);
  }

  /// How connections are made.
  public interface Dial<L> {
    /// Logs in as the administrator.
    L open() throws EngineException;

    /// Clears the way for a new connection that is to take the place of an old one.
    default void clear(L old) throws EngineException {}
  }

  public Server server() {
    return server;
  }

  /// A connection that is in use, within the bounds of one operation.
  ///
  /// @param born when it was made
  public record Loan<L extends Line>(L line, long born) {
    /// An operation begins, within its own bounds.
    public void begin() {
      line.attempt().bounds().begin(OPERATION);
    }
  }

  /// A connection to the administrator's endpoint; to be given back.
  public Loan<L> borrow() throws EngineException {
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
  public Loan<L> borrowAfresh() throws EngineException {
    outage.forget();
    return borrow();
  }

  /// A connection that is there already and answers, however old; to be given back. Empty when
  /// there is none.
  public Optional<Loan<L>> warm() throws EngineException {
    takePermit();
    Optional<Loan<L>> found = Optional.empty();
    try {
      found = aliveOne();
    } finally {
      if (found.isEmpty()) permits.release();
    }
    return found;
  }

  private Optional<Loan<L>> aliveOne() {
    for (var i = idle.poll(); i != null; i = idle.poll()) {
      i.loan.begin();
      if (i.loan.line.alive()) return Optional.of(i.loan);
      i.loan.line.discard();
    }
    return Optional.empty();
  }

  /// Gives a connection back; a broken one is closed.
  public void giveBack(Loan<L> loan) {
    var line = loan.line;
    try {
      boolean clean = line.reset();
      line.attempt().bounds().end();
      if (closed || !clean || line.attempt().bounds().exceeded()) line.discard();
      else idle.addFirst(new Idle<>(loan, nanoTime.getAsLong()));
      trim();
      if (closed) close();
    } finally {
      permits.release();
    }
  }

  /// Closes what a burst has left behind, but for one warm connection.
  private void trim() {
    long now = nanoTime.getAsLong();
    for (var last = idle.peekLast();
        idle.size() > 1 && last != null && now - last.since > SURPLUS_NANOS;
        last = idle.peekLast()) if (idle.removeLastOccurrence(last)) last.loan.line.discard();
  }

  @Override
  public void close() {
    closed = true;
    for (var i = idle.poll(); i != null; i = idle.poll()) i.loan.line.discard();
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

  private Loan<L> warmOrNew() throws EngineException {
    Loan<L> old = null;
    for (var i = idle.poll(); i != null; i = idle.poll()) {
      i.loan.begin();
      if (usable(i)) {
        if (old != null) old.line.discard();
        return i.loan;
      }
      if (old == null && alive(i)) old = i.loan;
      else i.loan.line.discard();
    }
    return old == null ? outage.tried(this::opened) : renewed(old);
  }

  /// A new connection in the place of one that is old. Where none can be made, logins may hold up
  /// everybody who connects, or have taken every connection: the old one is the only way in. A
  /// refusal of the administrator or of the certificate is one of the old connection as well.
  private Loan<L> renewed(Loan<L> old) throws EngineException {
    try {
      dial.clear(old.line);
      var fresh = outage.tried(this::opened);
      old.line.discard();
      return fresh;
    } catch (EngineException e) {
      if (e.reason() == Reason.ServerUnreachable && old.line.alive()) {
        old.begin();
        return old;
      }
      old.line.discard();
      throw e;
    }
  }

  private Loan<L> opened() throws EngineException {
    return new Loan<>(dial.open(), nanoTime.getAsLong());
  }

  /// At most a minute old, to an address that the name has now, and alive.
  private boolean usable(Idle<L> i) {
    long now = nanoTime.getAsLong();
    return now - i.loan.born < OLDEST_NANOS && (now - i.since < FRESH_NANOS || alive(i));
  }

  private static boolean alive(Idle<?> i) {
    return i.loan.line.attempt().current() && i.loan.line.alive();
  }

  private record Idle<L extends Line>(Loan<L> loan, long since) {}
}
