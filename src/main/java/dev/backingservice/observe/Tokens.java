package dev.backingservice.observe;

import dev.backingservice.api.BackingServerSpec;
import dev.backingservice.api.ServerTls;
import dev.backingservice.model.Endpoint;
import java.util.Optional;

/// Whether an administrator's token may be sent to a server. It is sent as it is, and may be good
/// at every server that admits the operator's identity.
final class Tokens {
  private Tokens() {}

  /// Why not, as a sentence; empty when it may.
  ///
  /// @param bound the only host that the Secret says it is for
  /// @param at where the administrator connects
  static Optional<String> problem(
      BackingServerSpec spec, BackingServerSpec.Admin admin, Optional<String> bound, Endpoint at) {
    if (bound.isEmpty())
      return Optional.of(
          "Secret %s needs the key host: %s, because a token of %s is sent as it is and may be good at other servers, too"
              .formatted(admin.secretName(), at.host(), admin.auth()));
    return verified(spec, admin)
        ? Optional.empty()
        : Optional.of(
            "a token of %s is sent as it is: set spec.tls.mode: VerifyFull"
                .formatted(admin.auth()));
  }

  /// The authority of one instance of Cloud SQL names no host, and is that instance's alone.
  private static boolean verified(BackingServerSpec spec, BackingServerSpec.Admin admin) {
    var tls = spec.tls();
    if (tls == null || tls.mode() == null || tls.mode() == ServerTls.Mode.VerifyFull) return true;
    return tls.mode() == ServerTls.Mode.VerifyCA
        && tls.ca() != null
        && admin.auth() == BackingServerSpec.Auth.GCPIAM;
  }
}
