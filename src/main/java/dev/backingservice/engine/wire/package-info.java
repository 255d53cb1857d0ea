/// What every engine needs at the wire: addresses, one bounded try to connect ([Attempt]), TLS with
/// the anchors of one server, and whether anybody answers at all ([Reach]).
///
/// Law: knows no engine's protocol. Bytes are counted and time is bounded for whoever reads.
@NullMarked
package dev.backingservice.engine.wire;

import org.jspecify.annotations.NullMarked;
