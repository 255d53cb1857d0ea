package dev.backingservice.engine.wire;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The bounds of one operation on a connection: a deadline over all of it, kept by closing the
/// socket, and a budget of bytes. A byte now and then moves neither.
public final class Bounds {
  /// The most that one operation may read.
  public static final long MOST_BYTES = 16L * 1024 * 1024;

  private static final ScheduledThreadPoolExecutor DEADLINES = deadlines();

  private static ScheduledThreadPoolExecutor deadlines() {
    var one =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("deadlines").factory());
    one.setRemoveOnCancelPolicy(true);
    return one;
  }

  private final AtomicLong left = new AtomicLong(MOST_BYTES);
  private volatile @Nullable Socket socket;
  private volatile @Nullable Future<?> deadline;
  private volatile boolean over;

  /// An operation begins that may take this long.
  public void begin(Duration atMost) {
    left.set(MOST_BYTES);
    end();
    deadline = DEADLINES.schedule(this::expire, atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// The operation is over.
  public void end() {
    var running = deadline;
    deadline = null;
    if (running != null) running.cancel(false);
  }

  /// Whether the deadline passed or the budget was used up: the connection is gone.
  public boolean exceeded() {
    return over;
  }

  void watch(Socket opened) {
    socket = opened;
    if (over) expire();
  }

  /// @throws IOException when more was read than an operation may
  void read(int bytes) throws IOException {
    if (bytes <= 0 || left.addAndGet(-bytes) >= 0) return;
    expire();
    throw new IOException("more than 16 MiB were sent");
  }

  private void expire() {
    over = true;
    var open = socket;
    if (open == null) return;
    try {
      open.close();
    } catch (IOException e) {
      return; // it is closed either way
    }
  }
}
