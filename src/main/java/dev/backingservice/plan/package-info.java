/// Decides. Pure: facts, what was recorded before, and the time go in; a plan comes out.
///
/// Law: knows `model`, the JDK and JSpecify only; no clock, no randomness, no threads, no input
/// or output. The swap is one sealed type with one exhaustive switch ([Swap]).
@NullMarked
package dev.backingservice.plan;

import org.jspecify.annotations.NullMarked;
