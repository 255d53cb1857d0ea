/// Gathers everything once: the resource, its Secret, its workloads, every server that matters.
///
/// Law: reads only, and never fails because something is down: being down is a fact. Here, and
/// nowhere else, what people wrote becomes what is meant.
@NullMarked
package dev.backingservice.observe;

import org.jspecify.annotations.NullMarked;
