/// What an attached service can be asked, whatever its engine: one declarative verb (`ensure`)
/// and few others.
///
/// Law: knows `model` only. Engines know neither Kubernetes nor each other; protocol types stay
/// in their engine's package. Abilities are data, so that nobody meets an unsupported
/// operation.
@NullMarked
package dev.backingservice.engine;

import org.jspecify.annotations.NullMarked;
