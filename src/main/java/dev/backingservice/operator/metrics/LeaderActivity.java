package dev.backingservice.operator.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Whether this process leads, and when it last looked at a resource: a leader that holds the lease
/// and looks at nothing is found by nobody else.
@Singleton
public class LeaderActivity {
  private final Snapshots snapshots;
  private final LongSupplier nanos;
  private volatile @Nullable Long last;

  @Inject
  LeaderActivity(MeterRegistry registry, Snapshots snapshots) {
    this(snapshots, System::nanoTime);
    Gauge.builder("backingservice.leading", this, a -> a.leading() ? 1 : 0)
        .description("1 while this process leads and acts")
        .register(registry);
    Gauge.builder("backingservice.idle", this, a -> a.idle().toMillis() / 1000.0)
        .description("Time since the leader last looked at a resource")
        .baseUnit("seconds")
        .register(registry);
  }

  LeaderActivity(Snapshots snapshots, LongSupplier nanos) {
    this.snapshots = snapshots;
    this.nanos = nanos;
  }

  /// From now on this process acts. It does so until its end.
  public void leads() {
    last = nanos.getAsLong();
  }

  /// A resource was looked at.
  public void looked() {
    last = nanos.getAsLong();
  }

  /// Whether this process acts.
  public boolean leading() {
    return last != null;
  }

  /// Time since a resource was looked at, or since this process began to lead. Zero while it does
  /// not lead, and while there is no BackingServer: each of them is looked at once a minute at
  /// least.
  Duration idle() {
    var since = last;
    if (since == null || snapshots.snapshot(InstantSource.system().instant()).servers().isEmpty())
      return Duration.ZERO;
    return Duration.ofNanos(nanos.getAsLong() - since);
  }
}
