package dev.backingservice.tls;

/// The operator's two authorities: whoever trusts one of them trusts nothing of the other.
///
/// @param clients issues what workloads show to servers; servers trust it
/// @param servers issues the certificates of servers that have none of their own; workloads
///     trust it
public record Authorities(Authority clients, Authority servers) {}
