package dev.backingservice.operator;

import java.time.Clock;
import java.util.Set;

/// This process and where it runs.
///
/// @param namespace the operator's own
/// @param namespaces whose services are reconciled; empty: all
/// @param identity holds the lease
record Installation(String namespace, Set<String> namespaces, String identity, Clock clock) {
  static final String LEASE = "backing-service-operator";
}
