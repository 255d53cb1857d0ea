package dev.backingservice.model;

import java.util.Set;

/// What an engine can do, as data: admission, planning and conditions ask it, so that nobody meets
/// an unsupported operation.
///
/// @param levels of access it has; empty where the provider decides
/// @param fence whether old credentials can be proven to be without effect
/// @param accounts where accounts are kept, and who makes them
/// @param overlap how two credentials can work at the same time
/// @param refusal whether a locked account and a wrong password can be told apart
/// @param following how one server may follow another one of a different lineage
public record Abilities(
    Set<Access> levels,
    Fence fence,
    Accounts accounts,
    Overlap overlap,
    Refusal refusal,
    Following following) {
  /// What is assumed of an engine that nobody knows: nothing of it may be taken for fenced.
  public static final Abilities UNKNOWN =
      new Abilities(Set.of(), Fence.Proven, Accounts.PerServer, Overlap.TwoLogins, Refusal.Untold);

  /// Of an engine whose servers do not follow others of a different lineage, as far as is known.
  public Abilities(
      Set<Access> levels, Fence fence, Accounts accounts, Overlap overlap, Refusal refusal) {
    this(levels, fence, accounts, overlap, refusal, Following.Untold);
  }

  public Abilities {
    levels = Set.copyOf(levels);
  }

  /// Whether the tenant hands the credential over, so that no account is made, locked or removed
  /// here.
  public boolean given() {
    return accounts == Accounts.Given;
  }

  /// Whether old credentials can be proven to be without effect.
  public boolean fences() {
    return fence == Fence.Proven;
  }

  /// Whether an engine can fence.
  public enum Fence {
    Proven,
    NotSupported
  }

  /// Where accounts are kept.
  public enum Accounts {
    /// On the server, for all of its nodes.
    PerServer,
    /// On each node: failover candidates are prepared, too.
    PerNode,
    /// At the provider: the tenant hands the credential over.
    Given
  }

  /// How two credentials work at the same time.
  public enum Overlap {
    TwoLogins,
    SameLogin
  }

  /// How one server may follow another one of a different lineage.
  public enum Following {
    Untold,
    /// By logical replication, which a swap waits for, and which leaves sequences behind.
    Logical
  }

  /// Whether a refused login says why.
  public enum Refusal {
    Told,
    Untold
  }
}
