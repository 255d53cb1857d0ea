package dev.backingservice.observe;

import dev.backingservice.api.Annotations;
import dev.backingservice.api.BackingService;
import dev.backingservice.api.Condition;
import dev.backingservice.engine.Claim;
import dev.backingservice.engine.Engine;
import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.Words;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Reason;
import dev.backingservice.model.ServiceId;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.Memory;
import dev.backingservice.plan.Published;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Gathers the facts of one service.
public final class Observer {
  private final Eyes eyes;
  private final ServersInSight servers;
  private final WorkloadFinder finder;
  private final LoginCheck logins;
  private final Probing probing;
  private final PublishedReader reader;

  public Observer(Eyes eyes) {
    this.eyes = eyes;
    this.servers = new ServersInSight(eyes);
    this.finder = new WorkloadFinder(eyes.workloads());
    this.logins = new LoginCheck(eyes);
    this.probing = new Probing(eyes.directory(), eyes.random());
    this.reader = new PublishedReader(eyes.key());
  }

  public Facts observe(BackingService resource, Engine engine, Registry known) {
    var facts = recorded(resource, engine);
    facts = facts.withServers(servers.look(facts, engine, known));
    facts = facts.withWorkloads(finder.find(facts));
    for (var workload : facts.workloads())
      if (workload.rolledOut()) eyes.rollouts().end(workload.uid());
    if (doubtful(resource)) eyes.rhythm().checkSoon(facts.service().id().uid());
    facts = logins.tried(facts).map(facts::withLogin).orElse(facts);
    return waiting(facts) ? probed(facts) : facts;
  }

  /// Whether nobody knows that the published credential works.
  private static boolean doubtful(BackingService resource) {
    var status = resource.getStatus();
    if (status == null || status.conditions() == null) return true;
    return status.conditions().stream()
        .noneMatch(c -> c.type().equals("Available") && c.status() == Condition.Status.True);
  }

  /// What is written in Kubernetes.
  private Facts recorded(BackingService resource, Engine engine) {
    var service = service(resource);
    var memory = MemoryReader.read(resource.getStatus());
    var secret = eyes.secrets().find(service.id().namespace(), secretName(resource));
    return new Facts(
        service,
        IntentReader.read(resource, engine),
        reader.read(secret, service.id()),
        memory,
        Map.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        eyes.rhythm().inPhase(service.id().uid(), phase(memory)),
        List.of());
  }

  private Facts.Service service(BackingService resource) {
    var meta = resource.getMetadata();
    return new Facts.Service(
        new ServiceId(meta.getNamespace(), meta.getName(), meta.getUid()),
        Optional.ofNullable(meta.getGeneration()).orElse(0L),
        meta.getDeletionTimestamp() == null ? Facts.Life.Living : Facts.Life.Deleting,
        !Annotations.read(resource, Words.ATTACHED).isEmpty(),
        eyes.key().instance(),
        new Facts.Annotations(
            Annotations.read(resource, Annotations.ACCEPT_DATA),
            Annotations.read(resource, Annotations.ACCEPT_DIVERGENCE),
            Annotations.read(resource, Annotations.RETRY)));
  }

  private static String secretName(BackingService resource) {
    var binding = resource.getSpec().binding();
    return binding == null || binding.secretName() == null
        ? resource.getMetadata().getName()
        : binding.secretName();
  }

  private static String phase(Memory memory) {
    return memory.swap().getClass().getSimpleName()
        + memory.swap().target().map(t -> "/" + t.epoch()).orElse("");
  }

  /// Whether an edit waits that may be taken up.
  private static boolean waiting(Facts f) {
    var wanted = f.intent().map(Intent::place);
    return f.pending()
        && !f.memory().swap().underWay()
        && f.active().filter(a -> !wanted.equals(Optional.of(a.place()))).isPresent();
  }

  private Facts probed(Facts f) {
    var claim = Claim.of(f.service().id(), f.intent().orElseThrow().place(), f.intent(), Set.of());
    return f.withProbe(probing.probe(f.active().orElseThrow(), claim, unwritable(f)));
  }

  private Optional<Failure> unwritable(Facts f) {
    var name = f.intent().orElseThrow().binding().secretName();
    return switch (f.published()) {
      case Published.None _ -> Optional.empty();
      case Published.Foreign _ ->
          taken("a Secret named %s exists and is not ours: delete it".formatted(name));
      case Published.Binding _ -> rehearsed(f.service().id().namespace(), name);
    };
  }

  private Optional<Failure> rehearsed(String namespace, String name) {
    try {
      eyes.secrets().rehearse(namespace, name);
      return Optional.empty();
    } catch (KubernetesClientException e) {
      if (!Refusals.definite(e)) throw e;
      return taken("the Secret %s cannot be written: %s".formatted(name, Refusals.said(e)));
    }
  }

  private static Optional<Failure> taken(String sentence) {
    return Optional.of(new Failure(Reason.SecretNotOwned, sentence));
  }
}
