/// The words inside: values that make sense by construction.
///
/// Law: knows the JDK and JSpecify only; no clock, no randomness, no threads. If an [Intent]
/// exists, it can be carried out as it stands.
@NullMarked
package dev.backingservice.model;

import org.jspecify.annotations.NullMarked;
