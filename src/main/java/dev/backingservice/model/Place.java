package dev.backingservice.model;

/// What a binding leads to: a server, and what of it. A change of any part is a swap.
public record Place(String server, String database, String schema) {}
