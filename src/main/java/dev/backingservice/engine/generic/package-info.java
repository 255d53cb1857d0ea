/// Any other server: it is reached through TLS, and its provider keeps the accounts.
///
/// Law: nothing but TLS is spoken. What is published is what the tenant hands over.
@NullMarked
package dev.backingservice.engine.generic;

import org.jspecify.annotations.NullMarked;
