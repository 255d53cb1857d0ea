package dev.backingservice.model;

import java.time.Instant;

/// How a connection is protected.
///
/// @param protocol as the Java runtime calls it, such as `TLSv1.3`
/// @param notBefore when the server's certificate begins
/// @param notAfter when it ends
public record Protection(String protocol, Instant notBefore, Instant notAfter) {}
