/// Wires everything and runs it: the two reconcilers, leadership, settings, health and metrics.
///
/// Law: the only package that knows Quarkus, CDI and the operator SDK. No decision is made here.
@NullMarked
package dev.backingservice.operator;

import org.jspecify.annotations.NullMarked;
