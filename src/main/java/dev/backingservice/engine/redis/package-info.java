/// Redis and Valkey. One command makes an account what it shall be: its state, its password, its
/// keys and its mark, which is a key pattern that no key of anybody matches. Accounts belong to one
/// running server: its replicas have their own.
@NullMarked
package dev.backingservice.engine.redis;

import org.jspecify.annotations.NullMarked;
