package dev.backingservice.observe;

import dev.backingservice.engine.Directory;
import dev.backingservice.kube.Resources;
import dev.backingservice.kube.Rollouts;
import dev.backingservice.kube.Secrets;
import dev.backingservice.kube.Workloads;
import dev.backingservice.model.RootKey;
import dev.backingservice.tls.Authority;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// What the observer looks with.
public record Eyes(
    Secrets secrets,
    Workloads workloads,
    Rollouts rollouts,
    Resources resources,
    Directory directory,
    Servers servers,
    RootKey key,
    Authority authority,
    InstantSource clock,
    Rhythm rhythm,
    RandomGenerator random) {}
