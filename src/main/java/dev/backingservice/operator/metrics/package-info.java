/// Gauges, meters, and the snapshot they read.
///
/// Law: reads the caches and what is counted as it happens; no secret, URL or message text is
/// ever a label.
@NullMarked
package dev.backingservice.operator.metrics;

import org.jspecify.annotations.NullMarked;
