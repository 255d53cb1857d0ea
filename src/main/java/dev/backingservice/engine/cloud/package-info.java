/// Tokens for administrators that have no password: made from the identity that a cloud gives to
/// the operator's pod. Each way is the cloud's own library; none of it is loaded before it is used.
@NullMarked
package dev.backingservice.engine.cloud;

import org.jspecify.annotations.NullMarked;
