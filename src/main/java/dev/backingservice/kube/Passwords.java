package dev.backingservice.kube;

import dev.backingservice.kube.GivenCredentials.Read.Good;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credentials;
import dev.backingservice.model.Intent;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.ServiceId;
import java.util.Optional;

/// The password of a credential, wherever it comes from.
public final class Passwords {
  private static final int DIGITS = 32;

  private final RootKey key;
  private final GivenCredentials given;

  public Passwords(RootKey key, GivenCredentials given) {
    this.key = key;
    this.given = given;
  }

  /// @param given fingerprint of the tenant's Secret that it comes from; empty where it comes from
  ///     none
  public record Password(Sensitive text, String given) {
    private static final Password NONE = new Password(new Sensitive(""), "");
  }

  /// Empty when there is none, or the tenant's Secret does not have that of the login: no server
  /// lets that in.
  public Password read(ServiceId service, Optional<Intent> intent, Attachment of) {
    return switch (Credentials.of(intent)) {
      case Credentials.Derived _ -> new Password(key.password(service, of), "");
      case Credentials.Given(var name) when given.read(service, name) instanceof Good good ->
          good.username().equals(of.login())
              ? new Password(good.password(), good.content())
              : Password.NONE;
      case Credentials.Given _, Credentials.None _ -> Password.NONE;
    };
  }

  public Sensitive of(ServiceId service, Optional<Intent> intent, Attachment of) {
    return read(service, intent, of).text();
  }

  /// Whom a client certificate names: the login, or the service where a tenant chose that. Servers
  /// that let in by certificate take nobody's word for a login of somebody else.
  public String certified(ServiceId service, Optional<Intent> intent, Attachment of) {
    return Credentials.of(intent) instanceof Credentials.Derived
        ? of.login()
        : "given_" + key.name("given", service.namespace(), service.name()).substring(0, DIGITS);
  }

  public byte[] salt(ServiceId service, Attachment of) {
    return key.salt(service, of);
  }
}
