package dev.backingservice.operator.metrics;

import dev.backingservice.engine.Engines;
import dev.backingservice.plan.Outcome;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;

/// What is counted as it happens. No secret, URL or message is ever a label.
@Singleton
public class Meters {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofMinutes(1),
    Duration.ofMinutes(5),
    Duration.ofMinutes(15)
  };

  private final MeterRegistry registry;
  private final Counter sessions;

  Meters(MeterRegistry registry, ApiContact contact, Engines engines) {
    this.registry = registry;
    this.sessions =
        Counter.builder("backingservice.fence.sessions")
            .description("Sessions of old logins that fences ended")
            .register(registry);
    for (var phase : List.of("Prepare", "Fence", "Cut", "Roll", "Verify", "Overlap", "Aborting"))
      timer(phase);
    for (var result : List.of("succeeded", "failed"))
      Counter.builder("backingservice.rotations")
          .description("Credentials renewed without a swap, by result")
          .tag("result", result)
          .register(registry);
    FunctionCounter.builder("backingservice.sql.statements", engines, Engines::calls)
        .description("Statements sent to servers since the process started")
        .register(registry);
    FunctionCounter.builder("backingservice.api.requests", contact, ApiContact::answers)
        .description("Requests that the API server answered since the process started")
        .register(registry);
    Gauge.builder("backingservice.api.last.contact", contact, c -> c.age().toMillis() / 1000.0)
        .description("Time since the API server was heard")
        .baseUnit("seconds")
        .register(registry);
  }

  /// A swap left a phase.
  public void phaseTook(String phase, Duration time) {
    timer(phase).record(time);
  }

  /// What actions did.
  public void acted(List<Outcome> outcomes) {
    for (var outcome : outcomes)
      if (outcome.result() instanceof Outcome.Result.Fenced(var proof))
        sessions.increment(proof.sessionsEnded());
  }

  private Timer timer(String phase) {
    return Timer.builder("backingservice.swap.duration")
        .description("How long swaps stayed in each phase")
        .tag("phase", phase)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  /// Gives the operator SDK its metrics: the extension binds its own too late, after the operator
  /// took none.
  @Produces
  @Singleton
  Metrics metrics() {
    return MicrometerMetricsV2.newBuilder(registry).build();
  }

  /// The SDK registers one counter with and without a tag, which Prometheus refuses.
  @Produces
  @Singleton
  static MeterFilter sameTags() {
    return new MeterFilter() {
      @Override
      public Meter.Id map(Meter.Id id) {
        return id.getName().equals("events.received") && id.getTag("action") == null
            ? id.withTag(Tag.of("action", "NONE"))
            : id;
      }
    };
  }
}
