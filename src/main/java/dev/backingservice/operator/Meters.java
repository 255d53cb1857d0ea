package dev.backingservice.operator;

import dev.backingservice.engine.postgresql.PostgresEngine;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/// Gives the operator SDK its metrics: the extension binds its own too late, after the operator
// took none.
@Singleton
class Meters {

  @Produces
  @Singleton
  Metrics metrics(MeterRegistry registry) {
    FunctionCounter.builder(
            "backingservice.sql.statements", registry, _ -> PostgresEngine.statements())
        .description("Statements sent to servers since the process started")
        .register(registry);
    return MicrometerMetricsV2.newBuilder(registry).build();
  }

  /// The SDK registers one counter with and without a tag, which Prometheus refuses.
  @Produces
  @Singleton
  MeterFilter sameTags() {
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
