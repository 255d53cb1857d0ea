package dev.backingservice.engine;

import dev.backingservice.model.Sensitive;

/// What a binding is made of besides its place.
///
/// @param bindingPath where its files appear in a container
/// @param driver the client driver that URLs are written for; empty text for the usual one
/// @param server what a client has to verify and to show
public record Material(
    String username, Sensitive password, String bindingPath, String driver, Server server) {}
