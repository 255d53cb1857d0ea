package dev.backingservice.model;

/// A debt of a service that is gone: its server owes the fence from now on.
public record ServerDebt(ServiceId service, Debt debt) {
  /// The same debt after another process took over the name of the one that owes.
  public ServerDebt ofPredecessor() {
    return new ServerDebt(service, debt.ofPredecessor());
  }
}
