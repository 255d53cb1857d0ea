package dev.backingservice.operator;

import dev.backingservice.act.LeaderTerm;
import dev.backingservice.act.LeaseHandover;
import dev.backingservice.operator.metrics.LeaderActivity;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;

/// One leader acts. It raises its term before it does; who loses the lease stops without acting
/// once more; who is stopped gives the lease back.
@Singleton
class Leadership {
  private static final Logger LOG = Logger.getLogger(Leadership.class);
  /// Less than a lease lasts.
  private static final Duration RAISING = Duration.ofSeconds(8);

  /// What follows the last try in time is followed by a renewal in time.
  private static final Duration LEASE = Duration.ofSeconds(12);

  private final Installation installation;
  private final LeaderTerm term;
  private final LeaseHandover handover;
  private final Stopping stopping;
  private final LeaderActivity activity;
  private final SoleInstallation sole;
  private final Latest latest;

  Leadership(
      Installation installation,
      LeaderTerm term,
      LeaseHandover handover,
      Stopping stopping,
      LeaderActivity activity,
      SoleInstallation sole,
      Latest latest) {
    this.installation = installation;
    this.term = term;
    this.handover = handover;
    this.stopping = stopping;
    this.activity = activity;
    this.sole = sole;
    this.latest = latest;
  }

  @Produces
  @Singleton
  LeaderElectionConfiguration configuration() {
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(Installation.LEASE)
        .withLeaseNamespace(installation.namespace())
        .withIdentity(installation.identity())
        .withLeaderCallbacks(new LeaderCallbacks(this::won, this::lost, _ -> {}))
        .build();
  }

  private void won() {
    raise();
    activity.leads();
    LOG.infof("leading: term=%d namespace=%s", term.mine(), installation.namespace());
  }

  /// The library takes a failure of this callback for one of the lease, and would never ask again.
  private void raise() {
    long began = System.nanoTime();
    try {
      ApiWait.until("the term of the leader", RAISING, this::raised);
      if (System.nanoTime() - began > LEASE.toNanos())
        throw new IllegalStateException("by now another one may lead");
    } catch (RuntimeException | Error e) { // whatever it is: nobody else leads meanwhile
      LOG.errorf("the term cannot be raised: stopping at once: %s", e.getClass().getSimpleName());
      Runtime.getRuntime().halt(1);
    }
  }

  private long raised() {
    if (!sole.alone()) Runtime.getRuntime().halt(1);
    term.raise();
    latest.lead();
    return term.mine();
  }

  /// Exiting in order would let reconciles in flight go on.
  private void lost() {
    if (stopping.asked())
      handover.release(installation.namespace(), Installation.LEASE, installation.identity());
    else {
      LOG.error("leadership lost: stopping at once");
      Runtime.getRuntime().halt(1);
    }
  }
}
