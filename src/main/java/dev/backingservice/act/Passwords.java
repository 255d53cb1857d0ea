package dev.backingservice.act;

import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credentials;
import dev.backingservice.model.Intent;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.ServiceId;
import java.util.Optional;

/// The password of a credential, wherever it comes from.
public final class Passwords {
  private final RootKey key;
  private final Secrets secrets;

  public Passwords(RootKey key, Secrets secrets) {
    this.key = key;
    this.secrets = secrets;
  }

  Sensitive of(ServiceId service, Optional<Intent> intent, Attachment of) {
    return switch (intent.map(Intent::credentials).orElse(new Credentials.Derived())) {
      case Credentials.Derived _ -> key.password(service, of);
      case Credentials.Given(var secretName) -> given(service, secretName);
    };
  }

  byte[] salt(ServiceId service, Attachment of) {
    return key.salt(service, of);
  }

  /// Empty when the tenant's Secret does not have it: no server lets that in.
  private Sensitive given(ServiceId service, String secretName) {
    return new Sensitive(
        secrets
            .find(service.namespace(), secretName)
            .flatMap(s -> Secrets.text(s, "password"))
            .orElse(""));
  }
}
