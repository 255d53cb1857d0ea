package dev.backingservice.binding;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Place;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.ServiceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What a binding Secret is made of.
///
/// @param given fingerprint of the credential that was handed over; empty where none is
/// @param clientTls how the entries let clients use TLS
/// @param entries the engine's own keys
/// @param files more keys, as bytes
/// @param certificateEnds when the client certificate among them ends
public record Contents(
    ServiceId service,
    Attachment active,
    Place requested,
    List<Debt> debts,
    BindingShape shape,
    String given,
    String clientTls,
    Map<String, Sensitive> entries,
    Map<String, byte[]> files,
    Instant certificateEnds) {
  public Contents {
    debts = List.copyOf(debts);
    entries = Map.copyOf(entries);
    files = Map.copyOf(files);
  }
}
