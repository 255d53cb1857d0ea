package dev.backingservice.engine;

import dev.backingservice.model.Finding;
import dev.backingservice.model.Protection;
import java.util.List;
import java.util.Optional;

/// What is weak about a server, and how its connections are protected.
///
/// @param protection empty without TLS
public record Examination(List<Finding> findings, Optional<Protection> protection) {
  public Examination {
    findings = List.copyOf(findings);
  }
}
