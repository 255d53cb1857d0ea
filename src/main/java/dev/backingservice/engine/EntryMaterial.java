package dev.backingservice.engine;

import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;

/// What a binding is made of besides its place.
///
/// @param bindingPath where its files appear in a container
/// @param mode what a client has to verify
public record EntryMaterial(
    String username, Sensitive password, String bindingPath, Trust.Mode mode) {}
