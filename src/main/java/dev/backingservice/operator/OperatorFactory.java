package dev.backingservice.operator;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import dev.backingservice.kube.Leases;
import dev.backingservice.kube.Resources;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.Cloner;
import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.quarkiverse.operatorsdk.runtime.QuarkusConfigurationService;
import io.quarkiverse.operatorsdk.runtime.config.OverriddenConfigurationService;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Makes the operator in place of the extension's default one: reconciles run on a bounded number
/// of threads, leadership is ours to configure, and an API server that is not ready yet is waited
/// for. The operator SDK ends the process when it may not lead or a kind cannot be listed; an API
/// server that has just started answers so for a moment, and a cluster without our kinds always.
class OperatorFactory {
  private static final Logger LOG = Logger.getLogger(OperatorFactory.class);
  private static final Duration TERMINATION = Duration.ofSeconds(20);
  private static final Duration FOREVER = Duration.ofDays(1000);

  @Produces
  @Singleton
  Operator operator(
      QuarkusConfigurationService base,
      Instance<Reconciler<? extends HasMetadata>> reconcilers,
      LeaderElectionConfiguration leadership,
      Settings settings,
      Installation installation,
      Leases leases,
      Resources resources) {
    ApiWait.until("the lease", () -> leases.held(installation.namespace(), Installation.LEASE));
    ApiWait.until("the BackingServers", () -> resources.every(BackingServer.class, Set.of()));
    var configuration = new Configuration(base, leadership, settings.reconcileThreads());
    var operator = new Operator(configuration);
    for (var reconciler : reconcilers) register(operator, configuration, reconciler);
    return operator;
  }

  private static <P extends HasMetadata> void register(
      Operator operator, Configuration configuration, Reconciler<P> reconciler) {
    var controller = configuration.base.getConfigurationFor(reconciler);
    controller.setParent(configuration); // the event processor takes its executor from there
    operator.register(reconciler, controller);
  }

  /// What cannot be decoded is not asked for again: whoever led now would act on a part of what is
  /// there.
  private static void stopped(SharedIndexInformer<?> informer, @Nullable Throwable why) {
    if (why == null) return;
    LOG.errorf(
        "%s cannot be read: stopping at once: %s",
        informer.getApiTypeClass().getSimpleName(), why.getClass().getSimpleName());
    Runtime.getRuntime().halt(1);
  }

  /// Nobody changes the spec or the status of a service that was read.
  private record Copies(Cloner other) implements Cloner {
    @Override
    @SuppressWarnings("unchecked") // a service is copied as a service
    public <R extends HasMetadata> R clone(R resource) {
      return resource instanceof BackingService service
          ? (R) service.copy()
          : other.clone(resource);
    }
  }

  /// Reconciles on platform threads: a virtual one is pinned while it loads a class, and when
  /// all carriers are (two on a small machine) while the lock of the jar is held by one that
  /// waits for a carrier, nothing moves any more.
  private static final class Configuration extends OverriddenConfigurationService {
    private final QuarkusConfigurationService base;

    Configuration(
        QuarkusConfigurationService base, LeaderElectionConfiguration leadership, int threads) {
      super(
          base,
          ConfigurationService.newOverriddenConfigurationService(
              base,
              o ->
                  o.withExecutorService(
                          Executors.newFixedThreadPool(
                              threads,
                              Thread.ofPlatform().daemon().name("reconcile-", 0).factory()))
                      .withLeaderElectionConfiguration(leadership)
                      .withStopOnInformerErrorDuringStartup(false)
                      .withInformerStoppedHandler((kind, e) -> stopped(kind, e))
                      .withCacheSyncTimeout(FOREVER) // nothing is decided on an empty cache
                      .withReconciliationTerminationTimeout(TERMINATION)));
      this.base = base;
    }

    // the overridden service forgets these two: the default of the interface makes a new client on
    // every call
    @Override
    public KubernetesClient getKubernetesClient() {
      return base.getKubernetesClient();
    }

    @Override
    public Cloner getResourceCloner() {
      return new Copies(base.getResourceCloner());
    }
  }
}
