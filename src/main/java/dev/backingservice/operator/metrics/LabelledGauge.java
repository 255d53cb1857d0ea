package dev.backingservice.operator.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// One gauge for each of several things that come and go. A thing keeps its gauge while it is
/// there: gauges that are registered anew each time show old values to whoever reads meanwhile.
final class LabelledGauge {
  private final MultiGauge gauge;
  private final Map<Tags, AtomicInteger> values = new HashMap<>();

  LabelledGauge(MeterRegistry registry, String name, String description) {
    this.gauge =
        MultiGauge.builder("backingservice." + name).description(description).register(registry);
  }

  synchronized void show(Map<Tags, Integer> now) {
    values.keySet().retainAll(now.keySet());
    now.forEach((tags, value) -> values.computeIfAbsent(tags, _ -> new AtomicInteger()).set(value));
    gauge.register(
        values.entrySet().stream()
            .<Row<?>>map(e -> Row.of(e.getKey(), e.getValue(), AtomicInteger::get))
            .toList());
  }
}
