package dev.backingservice.model;

/// A debt of a service that is gone: its server owes the fence from now on.
public record ServerDebt(ServiceId service, Debt debt) {}
