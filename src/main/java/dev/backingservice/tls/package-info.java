/// The operator's own authority, the certificates it issues, and the key stores they travel in.
///
/// Law: knows `model` and Bouncy Castle only. Keys are EC P-256: Ed25519 breaks channel binding.
@NullMarked
package dev.backingservice.tls;

import org.jspecify.annotations.NullMarked;
