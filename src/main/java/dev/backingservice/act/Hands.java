package dev.backingservice.act;

import dev.backingservice.engine.Directory;
import dev.backingservice.kube.Resources;
import dev.backingservice.kube.Rollouts;
import dev.backingservice.kube.Secrets;
import dev.backingservice.kube.Workloads;
import dev.backingservice.model.RootKey;
import dev.backingservice.tls.Authority;

/// What the actor acts with.
///
/// @param namespace the operator's own
public record Hands(
    Secrets secrets,
    Workloads workloads,
    Rollouts rollouts,
    Resources resources,
    Directory directory,
    RootKey key,
    Authority authority,
    String namespace) {}
