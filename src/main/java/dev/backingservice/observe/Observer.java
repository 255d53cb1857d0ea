package dev.backingservice.observe;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.backingservice.api.Annotations;
import dev.backingservice.api.BackingService;
import dev.backingservice.api.BackingServiceSpec;
import dev.backingservice.api.Condition;
import dev.backingservice.binding.BindingSecret;
import dev.backingservice.engine.Engines;
import dev.backingservice.kube.GivenCredentials;
import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Credentials;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Labels;
import dev.backingservice.model.LoginNames;
import dev.backingservice.model.Place;
import dev.backingservice.model.Published;
import dev.backingservice.model.Reason;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.ServiceId;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.Memory;
import dev.backingservice.plan.Places;
import dev.backingservice.plan.Preflight;
import dev.backingservice.plan.Probe;
import dev.backingservice.status.MemoryReader;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Gathers the facts of one service.
public final class Observer {
  /// What status can record of an annotation that was handled.
  private static final int SAID_MAX = 253;

  private final Secrets secrets;
  private final RootKey key;
  private final GivenCredentials given;
  private final Engines engines;
  private final Rhythm rhythm;
  private final ServiceServers servers;
  private final WorkloadFinder finder;
  private final BindingCheck check;
  private final PreflightProbe probe;
  private final Rehearsal rehearsal;
  private final BindingSecret codec;

  public Observer(
      Secrets secrets,
      RootKey key,
      GivenCredentials given,
      Engines engines,
      Rhythm rhythm,
      ServiceServers servers,
      WorkloadFinder finder,
      BindingCheck check,
      PreflightProbe probe,
      Rehearsal rehearsal) {
    this.secrets = secrets;
    this.key = key;
    this.given = given;
    this.engines = engines;
    this.rhythm = rhythm;
    this.servers = servers;
    this.finder = finder;
    this.check = check;
    this.probe = probe;
    this.rehearsal = rehearsal;
    this.codec = new BindingSecret(key);
  }

  /// @param held what this reconcile has read of the binding Secret before: every write of it is
  ///     guarded by the version that was read; empty to read it
  public Facts observe(BackingService resource, Registry known, Optional<Published> held) {
    var secret = held.isPresent() ? Optional.<Secret>empty() : secret(resource);
    var facts = recorded(resource, known, id -> held.orElseGet(() -> codec.read(secret, id)));
    facts = searched(facts.withServers(servers.look(facts, known)), known);
    // a server that nobody has read since this process started has no anchors before
    if (held.isEmpty()) facts = facts.withPublished(check.verified(facts.published(), secret));
    facts = facts.withWorkloads(finder.find(facts));
    if (doubtful(resource) || untried(facts) || (edited(resource) && settled(facts)))
      rhythm.checkSoon(facts.service().id().uid());
    facts = facts.withLogin(check.tried(facts));
    return Preflight.due(facts) ? rehearsed(facts.withProbe(Optional.of(probed(facts)))) : facts;
  }

  /// What nothing else stands in the way of is tried as a dry run.
  private Facts rehearsed(Facts f) {
    if (Preflight.refusal(f).isPresent()) return f;
    var refusal = rehearsal.refusal(f);
    return f.withProbe(f.probe().map(p -> p.writing(refusal)));
  }

  /// Every server that admits the namespace is looked at when there is more to know than is
  /// remembered.
  private Facts searched(Facts f, Registry known) {
    var uid = f.service().id().uid();
    if (f.given()) return f;
    if (!Places.everywhere(f) && !rhythm.searchDue(uid)) return f;
    var facts = f.withServers(servers.lookEverywhere(f, known));
    if (Places.settled(facts)) rhythm.searched(uid);
    else if (Places.fenced(facts)) rhythm.searchLater(uid);
    return facts;
  }

  /// Whether the edit leads nowhere else, and there is somebody to ask: nobody waits for a server
  /// that hangs before leaving it.
  private static boolean settled(Facts f) {
    return !f.pending() && f.active().flatMap(a -> f.answer(a.server())).isPresent();
  }

  /// Whether there are other anchors to publish: a login shows whether they fit what clients reach.
  private static boolean untried(Facts f) {
    return f.published() instanceof Published.Binding b && b.outdated();
  }

  /// Whether people changed what they ask for: everything that was granted is looked at, too.
  private static boolean edited(BackingService resource) {
    var seen = resource.getStatus() == null ? null : resource.getStatus().observedGeneration();
    return !Objects.equals(seen, resource.getMetadata().getGeneration());
  }

  /// Whether nobody knows that the published credential works as it shall.
  private static boolean doubtful(BackingService resource) {
    var status = resource.getStatus();
    if (status == null || status.conditions() == null) return true;
    return status.conditions().stream()
            .noneMatch(c -> c.type().equals("Available") && c.status() == Condition.Status.True)
        || status.conditions().stream()
            .anyMatch(c -> Reason.PrivilegesIncomplete.name().equals(c.reason()));
  }

  /// What is written in Kubernetes.
  private Facts recorded(
      BackingService resource, Registry known, Function<ServiceId, Published> published) {
    var request = IntentReader.read(resource, engines);
    var service = service(resource, known, request.asked());
    var memory = MemoryReader.read(resource.getStatus());
    return new Facts(
        service,
        request,
        published.apply(service.id()),
        memory,
        Map.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        rhythm.inPhase(service.id().uid(), phase(memory)),
        List.of());
  }

  private Optional<Secret> secret(BackingService resource) {
    return secrets.find(resource.getMetadata().getNamespace(), secretName(resource));
  }

  private Facts.Service service(BackingService resource, Registry known, Optional<Intent> asked) {
    var meta = resource.getMetadata();
    var id = new ServiceId(meta.getNamespace(), meta.getName(), meta.getUid());
    var handed = handed(id, asked);
    return new Facts.Service(
        id,
        known.uid(meta.getNamespace()),
        Optional.ofNullable(meta.getGeneration()).orElse(0L),
        Objects.requireNonNullElse(meta.getResourceVersion(), ""),
        meta.getDeletionTimestamp() == null ? Facts.Life.Living : Facts.Life.Deleting,
        key.attached(id).equals(Annotations.read(resource, Labels.ATTACHED)),
        IntentReader.abilities(resource, engines),
        handed.given(),
        handed.logins(),
        new Facts.Annotations(
            Annotations.read(resource, Annotations.ACCEPT_DATA),
            Annotations.read(resource, Annotations.ACCEPT_DIVERGENCE),
            cut(Annotations.read(resource, Annotations.RETRY)),
            Annotations.read(resource, Annotations.END_OVERLAP),
            Annotations.read(resource, Annotations.PREPARE)),
        taken(resource, known));
  }

  /// @param logins those of the operator, or twice the one that was handed over
  private record Handed(Facts.Given given, LoginNames logins) {
    static final LoginNames NOBODY = new LoginNames("", "");
  }

  private Handed handed(ServiceId id, Optional<Intent> asked) {
    return switch (Credentials.of(asked)) {
      case Credentials.Derived _ -> new Handed(Facts.Given.NOTHING, key.logins(id));
      case Credentials.None _ -> new Handed(Facts.Given.NOTHING, Handed.NOBODY);
      case Credentials.Given(var secretName) ->
          switch (given.read(id, secretName)) {
            case GivenCredentials.Read.Good(var user, _, var content) ->
                new Handed(new Facts.Given(content, Optional.empty()), new LoginNames(user, user));
            case GivenCredentials.Read.Bad(var failure) ->
                new Handed(new Facts.Given("", Optional.of(failure)), Handed.NOBODY);
          };
    };
  }

  /// A service that is detached or in the middle of a swap has no login that shows it, and may name
  /// the server otherwise.
  private Set<Place> taken(BackingService resource, Registry known) {
    if (!drops(resource)) return Set.of();
    var own = places(resource).stream().map(Place::server).distinct().toList();
    return known.others(resource).stream()
        .filter(other -> !drops(other))
        .flatMap(other -> places(other).stream())
        .flatMap(p -> own.stream().filter(s -> mayBeOne(known, p.server(), s)).map(p::on))
        .collect(toUnmodifiableSet());
  }

  /// Whether two names may lead to one server: a copy has the lineage of its original, and one that
  /// nobody has looked at yet may be anything.
  private static boolean mayBeOne(Registry known, String one, String other) {
    if (one.equals(other)) return true;
    var server = known.find(one);
    var lineage = Consent.lineage(server);
    return server.isPresent()
        && (lineage.isEmpty() || lineage.equals(Consent.lineage(known.find(other))));
  }

  private static boolean drops(BackingService resource) {
    return resource.getMetadata().getDeletionTimestamp() != null
        && resource.getSpec().deletionPolicy() == BackingServiceSpec.DeletionPolicy.Delete;
  }

  /// Every place that a service names or remembers.
  private Set<Place> places(BackingService other) {
    var places = new HashSet<>(Places.remembered(MemoryReader.read(other.getStatus())));
    IntentReader.read(other, engines).asked().map(Intent::place).ifPresent(places::add);
    return places;
  }

  private static String cut(String said) {
    return said.substring(0, Math.min(said.length(), SAID_MAX));
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

  private Probe probed(Facts f) {
    var place = f.intent().orElseThrow().place();
    var order = Orders.of(f, place);
    boolean accepted = f.service().annotations().acceptData().equals(place.server());
    return probe.probe(
        f.active().orElseThrow(),
        accepted ? order.uncompared() : order,
        f.intent().orElseThrow().swap().advances());
  }
}
