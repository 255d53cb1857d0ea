/// An engine for a server that exists in the tests only: what it takes to add one, without a change
/// of anything outside of its own package.
@NullMarked
package dev.backingservice.toy;

import org.jspecify.annotations.NullMarked;
