package dev.backingservice.plan;

import dev.backingservice.model.Abilities;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.LoginNames;
import dev.backingservice.model.Place;
import dev.backingservice.model.Published;
import dev.backingservice.model.ServiceId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Everything that is known about one service at one moment. Being down is a fact.
///
/// @param request what the spec asks for
/// @param published what the binding Secret says
/// @param memory what status recorded before
/// @param servers by name, those that matter to this service
/// @param workloads those that are chosen, and those that carry the binding from before
/// @param probe what the preflight found, when an edit waits
/// @param login whether the active credential was let in, when it was tried this time
/// @param inPhase how long this process has been at the recorded phase
/// @param outcomes what was done after the facts were gathered; empty while planning
public record Facts(
    Service service,
    Request request,
    Published published,
    Memory memory,
    Map<String, ServerFact> servers,
    List<WorkloadFact> workloads,
    Optional<Probe> probe,
    Optional<Login> login,
    Duration inPhase,
    List<Outcome> outcomes) {
  public Facts {
    servers = Map.copyOf(servers);
    workloads = List.copyOf(workloads);
    outcomes = List.copyOf(outcomes);
  }

  /// The resource itself.
  ///
  /// @param namespaceUid of its namespace; empty when that is not known yet
  /// @param life whether it is being deleted
  /// @param marked whether it was attached at some time before
  /// @param abilities of its engine
  /// @param given what the tenant hands over
  /// @param logins the names of its two logins
  /// @param taken places that other services name, be they attached or not; looked at only when
  ///     this one goes and takes what was created for it along
  public record Service(
      ServiceId id,
      String namespaceUid,
      long generation,
      String version,
      Life life,
      boolean marked,
      Abilities abilities,
      Given given,
      LoginNames logins,
      Annotations annotations,
      Set<Place> taken) {
    public Service {
      taken = Set.copyOf(taken);
    }
  }

  /// The credential that a tenant hands over.
  ///
  /// @param content its fingerprint; empty where nothing is handed over, or it cannot be used
  /// @param problem why it cannot be used
  public record Given(String content, Optional<Failure> problem) {
    /// Where the operator makes the accounts.
    public static final Given NOTHING = new Given("", Optional.empty());
  }

  /// Whether a resource is being deleted.
  public enum Life {
    Living,
    Deleting
  }

  /// What people say by annotation; empty texts where they say nothing.
  public record Annotations(
      String acceptData,
      String acceptDivergence,
      String retry,
      String endOverlap,
      String prepare) {}

  /// What the spec asks for, or why it makes no sense.
  public sealed interface Request {
    /// What it asks for, as far as that makes sense.
    default Optional<Intent> asked() {
      return switch (this) {
        case Understood(var intent) -> Optional.of(intent);
        case Refused(_, var rest) -> rest;
      };
    }

    record Understood(Intent intent) implements Request {}

    /// @param rest what it asks for otherwise; empty when nothing of it makes sense
    record Refused(Failure failure, Optional<Intent> rest) implements Request {}
  }

  /// How the active credential was received.
  public sealed interface Login {
    /// @param held how much its place holds; empty where that cannot be told
    /// @param beyond that it holds more than its level says; empty where that was not seen
    record LetIn(OptionalInt held, Optional<Failure> beyond) implements Login {
      public LetIn(OptionalInt held) {
        this(held, Optional.empty());
      }
    }

    /// It is right, but no connection is free.
    record Full(Failure failure) implements Login {}

    /// It works, and lacks rights that it was given.
    record Lacking(Failure failure) implements Login {}

    record TurnedAway(Failure failure) implements Login {}
  }

  public Facts with(List<Outcome> later) {
    return new Facts(
        service, request, published, memory, servers, workloads, probe, login, inPhase, later);
  }

  public Facts withPublished(Published seen) {
    return new Facts(
        service, request, seen, memory, servers, workloads, probe, login, inPhase, outcomes);
  }

  public Facts withServers(Map<String, ServerFact> seen) {
    return new Facts(
        service, request, published, memory, seen, workloads, probe, login, inPhase, outcomes);
  }

  public Facts withWorkloads(List<WorkloadFact> found) {
    return new Facts(
        service, request, published, memory, servers, found, probe, login, inPhase, outcomes);
  }

  public Facts withProbe(Optional<Probe> found) {
    return new Facts(
        service, request, published, memory, servers, workloads, found, login, inPhase, outcomes);
  }

  public Facts withLogin(Optional<Login> tried) {
    return new Facts(
        service, request, published, memory, servers, workloads, probe, tried, inPhase, outcomes);
  }

  /// The fences still owed: as recorded, unless a crash kept the cut from being recorded.
  public List<Debt> debts() {
    return recordedDebts().stream()
        .filter(d -> !Debts.over(this, d))
        .map(d -> Debts.seen(this, d))
        .toList();
  }

  private List<Debt> recordedDebts() {
    var binding = Bindings.believed(this);
    boolean recorded =
        memory.active().map(Memory.Active::attachment).equals(active()) || active().isEmpty();
    return !recorded && binding.isPresent() ? binding.get().debts() : memory.debts();
  }

  /// Whether the tenant hands the credential over: no account of it is made, locked or removed.
  public boolean given() {
    return service.abilities().given();
  }

  /// Whether old credentials can be proven to be without effect.
  public boolean fences() {
    return service.abilities().fences();
  }

  public Optional<Intent> intent() {
    return request.asked();
  }

  private Optional<Intent> accepted() {
    return request instanceof Request.Understood(var intent)
        ? Optional.of(intent)
        : Optional.empty();
  }

  /// Whether nothing of the service is to be left where it is: it goes, or is detached. A refused
  /// edit detaches nothing.
  public boolean leaving() {
    return service.life() == Life.Deleting
        || accepted().filter(i -> i.state() == Intent.State.Detached).isPresent();
  }

  /// It was attached once, and neither the Secret nor the status says where: a restored backup.
  public boolean forgotten() {
    return service.marked() && Bindings.believed(this).isEmpty() && memory.isBlank();
  }

  /// Whether it was attached at some time before, as the annotation, the status or the Secret says:
  /// people take annotations away.
  boolean attachedBefore() {
    return service.marked() || !memory.isBlank() || published instanceof Published.Binding;
  }

  /// What the service is attached to: the Secret when it is believed, else what was recorded.
  public Optional<Attachment> active() {
    return Bindings.active(this);
  }

  /// Whether the believed binding is this credential.
  public boolean published(Attachment attachment) {
    return Bindings.believed(this).filter(b -> b.active().same(attachment)).isPresent();
  }

  /// What was asked for when the binding was published.
  public Optional<Place> requested() {
    return Bindings.believed(this)
        .map(Published.Binding::requested)
        .or(() -> memory.active().map(Memory.Active::requested));
  }

  /// Whether the spec asks for another place than it did when the binding was published.
  public boolean pending() {
    return requested().isPresent()
        && accepted().filter(i -> !i.place().equals(requested().get())).isPresent();
  }

  /// Whether the spec asks to be attached to this place.
  public boolean wants(Place place) {
    return accepted()
        .filter(i -> i.state() == Intent.State.Attached && i.place().equals(place))
        .isPresent();
  }

  /// Whether an edit that could be carried out asks for another place than this one.
  boolean movesAway(Place place) {
    return pending() && !wants(place) && Preflight.refusal(this).isEmpty();
  }

  public Optional<ServerFact> server(String name) {
    return Optional.ofNullable(servers.get(name));
  }

  /// Namespaces that are listed for the database of a place; empty: the first one owns it.
  public Set<String> sharedWith(Place place) {
    return server(place.server()).map(s -> s.admission().sharedWith(place)).orElse(Set.of());
  }

  /// What a server answered; empty when it did not.
  public Optional<ServerFact.Sight.Answers> answer(String server) {
    return server(server).flatMap(ServerFact::answer);
  }

  /// Whether a server answers and accepts writes.
  boolean takesWrites(String server) {
    return answer(server).filter(a -> a.identity().writable()).isPresent();
  }

  /// Whether the server of a credential was seen to let it in, whatever its rights are.
  boolean lets(Attachment in) {
    if (given()) return login.filter(l -> l instanceof Login.TurnedAway).isEmpty();
    return answer(in.server()).filter(s -> s.standing().lets(in)).isPresent();
  }

  /// How the binding looks to workloads now: as the Secret was written. The paths of an edit that
  /// was not taken up would lead nowhere.
  public Optional<BindingShape> shape() {
    var wanted = intent().map(Intent::binding);
    return Bindings.believed(this)
        .flatMap(b -> wanted.map(shape -> shape.mountedAt(b.mountPath())))
        .or(() -> wanted);
  }

  /// Whether a template that carries an epoch keeps it: pods take a later one at their next start.
  public boolean keepsTemplates() {
    return intent().filter(i -> i.rollout() == Intent.Rollout.OnNextStart).isPresent();
  }

  /// Whether the server that the service is attached to, or is to be attached to first, demands
  /// client certificates; empty while that is not known.
  public Optional<Boolean> demandsCertificates() {
    return active()
        .map(Attachment::server)
        .or(() -> intent().map(i -> i.place().server()))
        .flatMap(this::server)
        .map(ServerFact::admission)
        .filter(admission -> !admission.clientTls().isEmpty())
        .map(ServerFact.Admission::demandsCertificates);
  }

  /// The greatest epoch of this very object seen anywhere; 0 when there is none.
  long greatestOwnEpoch() {
    long greatest = memory.greatestEpoch();
    if (published instanceof Published.Binding b)
      greatest = Math.max(greatest, Math.max(b.active().epoch(), b.aborted()));
    for (var server : servers.values())
      greatest = Math.max(greatest, server.greatestEpoch(service.id().uid()));
    // no server remembers for us
    if (given())
      for (var workload : workloads)
        if (workload.epoch() < Integer.MAX_VALUE) greatest = Math.max(greatest, workload.epoch());
    return greatest;
  }

  /// The greatest epoch seen anywhere, be it of an earlier object of the same name; 0 when there is
  /// none.
  public long greatestEpoch() {
    long greatest = greatestOwnEpoch();
    for (var server : servers.values()) greatest = Math.max(greatest, server.greatestEpoch());
    return greatest;
  }
}
