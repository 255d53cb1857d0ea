/// Decides. Pure: facts, what was recorded before, and the time go in; a plan comes out
/// ([Planner]). Then the plan and its outcomes go in, and what follows comes out ([Aftermath]).
///
/// Law: knows `model`, the JDK and JSpecify only; no clock, no randomness, no threads, no input
/// or output. The swap is one sealed type with one exhaustive switch ([Swap]).
@NullMarked
package dev.backingservice.plan;

import org.jspecify.annotations.NullMarked;
