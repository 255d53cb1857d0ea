package dev.backingservice.engine.smtp;

import dev.backingservice.model.Place;
import dev.backingservice.model.Scope;
import java.util.UUID;
import java.util.regex.Pattern;

/// Whom mails come from.
///
/// @param address as it stands in a command: nothing in it ends the command
record Sender(String address) {
  private static final Pattern ADDRESS =
      Pattern.compile(
          "[A-Za-z0-9.!#$%&*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");

  /// @throws IllegalArgumentException when the place is no address
  static Sender of(Place place) {
    if (valid(place) && place.scope() instanceof Scope.Sender(var address))
      return new Sender(address);
    throw new IllegalArgumentException("a place at a relay is the address of a sender: " + place);
  }

  static boolean valid(Place place) {
    return place.scope() instanceof Scope.Sender(var address) && ADDRESS.matcher(address).matches();
  }

  /// The mailbox that every domain has (RFC 5321, section 4.5.1).
  String postmaster() {
    return "postmaster@" + domain();
  }

  /// Somebody else of the same domain, whom nobody is.
  String another() {
    return "no-account-" + UUID.randomUUID().toString().substring(0, 8) + "@" + domain();
  }

  private String domain() {
    return address.substring(address.indexOf('@') + 1);
  }
}
