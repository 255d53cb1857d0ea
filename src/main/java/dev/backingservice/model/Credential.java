package dev.backingservice.model;

import java.util.Optional;

/// What a workload logs in with.
///
/// @param certificate presented where the server asks for one
public record Credential(
    Attachment attachment, Sensitive password, Optional<ClientCertificate> certificate) {

  /// A certificate and its key.
  ///
  /// @param chain PEM, leaf first
  /// @param key PKCS#8 PEM
  public record ClientCertificate(String chain, Sensitive key) {}
}
