package dev.backingservice.model;

import java.util.List;
import java.util.Set;

/// The two logins of a service. They take turns. Where the tenant hands the credential over, both
/// are the one it names.
///
/// @param a of slot a
/// @param b of slot b
public record LoginNames(String a, String b) {
  /// The one of the two that is not `login`.
  public String besides(String login) {
    return login.equals(a) ? b : a;
  }

  public List<String> all() {
    return a.equals(b) ? List.of(a) : List.of(a, b);
  }

  public Set<String> asSet() {
    return Set.copyOf(all());
  }
}
