package dev.backingservice.engine;

import dev.backingservice.model.Credential;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import java.util.Optional;
import java.util.function.Supplier;

/// A server with what its administrator needs to log in.
///
/// @param name of the BackingServer
/// @param data where workloads connect
/// @param admin where the administrator connects
/// @param adminDatabase where the administrator logs in
/// @param clientCertificate whether clients have to show one
public record Server(
    String name,
    Endpoint data,
    Endpoint admin,
    String adminDatabase,
    String adminUser,
    Sensitive adminPassword,
    Trust trust,
    ClientCertificate clientCertificate) {

  /// What a client shows here: nothing where nothing is demanded.
  ///
  /// @param issued makes the certificate, when one is needed
  public Optional<Credential.ClientCertificate> shown(
      Supplier<Credential.ClientCertificate> issued) {
    return clientCertificate == ClientCertificate.Required
        ? Optional.of(issued.get())
        : Optional.empty();
  }

  /// Whether clients have to show a certificate.
  public enum ClientCertificate {
    /// It is issued, and used by whoever wants to.
    Offered,
    /// The server asks for it: URLs name it.
    Required
  }
}
