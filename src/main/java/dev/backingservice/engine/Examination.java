package dev.backingservice.engine;

import dev.backingservice.model.Finding;
import dev.backingservice.model.Protection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What is weak about a server, and how its connections are protected.
///
/// @param protection empty without TLS
/// @param instances the running servers behind the addresses of its name; empty when it has one
///     only
public record Examination(
    List<Finding> findings, Optional<Protection> protection, Set<String> instances) {
  public Examination {
    findings = List.copyOf(findings);
    instances = Set.copyOf(instances);
  }
}
