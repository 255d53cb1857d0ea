/// Carries out a plan, in order, and says what became of each action.
///
/// Law: the only package that writes, to servers and to Kubernetes. Every action may be
/// repeated. Expected failures become outcomes here; bugs fly.
@NullMarked
package dev.backingservice.act;

import org.jspecify.annotations.NullMarked;
