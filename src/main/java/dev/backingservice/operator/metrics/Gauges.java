package dev.backingservice.operator.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// Shows the [MetricsSnapshot] as metrics, a few seconds old.
@Singleton
class Gauges {
  private static final int EVERY_SECONDS = 5;
  private static final Logger LOG = Logger.getLogger(Gauges.class);

  private final Snapshots snapshots;
  private final InstantSource clock = InstantSource.system();
  private final ScheduledExecutorService clockwork =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("gauges").factory());
  private final LabelledGauge services;
  private final LabelledGauge debts;
  private final LabelledGauge up;
  private final LabelledGauge findings;
  private volatile double oldestSwap;
  private volatile double certificateEnds;
  private volatile double certificateOverdue;

  Gauges(MeterRegistry registry, Snapshots snapshots) {
    this.snapshots = snapshots;
    services = new LabelledGauge(registry, "services", "BackingServices by phase");
    debts = new LabelledGauge(registry, "fence.debts", "Fences still owed to a server");
    up =
        new LabelledGauge(
            registry, "server.up", "1 while a server answers and its certificate verifies");
    findings = new LabelledGauge(registry, "server.findings", "Weaknesses of a server by severity");
    Gauge.builder("backingservice.swap.oldest", this, g -> g.oldestSwap)
        .description("Age of the oldest swap under way")
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder("backingservice.certificate.not.after.timestamp", this, g -> g.certificateEnds)
        .description("When the first certificate ends, since 1970")
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder("backingservice.certificate.overdue", this, g -> g.certificateOverdue)
        .description("How late the renewal of a certificate is")
        .baseUnit("seconds")
        .register(registry);
  }

  void start(@Observes StartupEvent event) {
    clockwork.scheduleWithFixedDelay(this::tick, 1, EVERY_SECONDS, TimeUnit.SECONDS);
  }

  void stop(@Observes ShutdownEvent event) {
    clockwork.shutdownNow();
  }

  /// A clockwork that meets an exception never ticks again.
  private void tick() {
    try {
      refresh();
    } catch (RuntimeException e) {
      LOG.warn("metrics not refreshed", e);
    }
  }

  private void refresh() {
    var snapshot = snapshots.snapshot(clock.instant());
    services.show(snapshot.byPhase());
    debts.show(snapshot.debts());
    up.show(snapshot.up());
    findings.show(snapshot.findings());
    oldestSwap = snapshot.oldestSwap();
    certificateEnds = snapshot.certificateEnds();
    certificateOverdue = snapshot.certificateOverdue();
  }
}
