/// Mail relays. Their providers keep the accounts: a login proves that it may send as its sender,
/// and no mail is sent.
///
/// Law: nothing of a login is said before TLS stands.
@NullMarked
package dev.backingservice.engine.smtp;

import org.jspecify.annotations.NullMarked;
