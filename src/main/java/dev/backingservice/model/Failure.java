package dev.backingservice.model;

/// An expected failure: a value with a reason, and a sentence a user may read.
public record Failure(Reason reason, String message) {}
