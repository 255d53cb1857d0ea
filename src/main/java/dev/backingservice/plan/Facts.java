package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.ServiceId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
  /// @param life whether it is being deleted
  /// @param marked whether it was attached at some time before
  /// @param instance fingerprint of this operator
  public record Service(
      ServiceId id,
      long generation,
      Life life,
      boolean marked,
      String instance,
      Annotations annotations) {}

  /// Whether a resource is being deleted.
  public enum Life {
    Living,
    Deleting
  }

  /// What people say by annotation; empty texts where they say nothing.
  public record Annotations(String acceptData, String acceptDivergence, String retry) {}

  /// What the spec asks for, or why it makes no sense.
  public sealed interface Request {
    record Understood(Intent intent) implements Request {}

    /// @param rest what it asks for otherwise; empty when nothing of it makes sense
    record Refused(Failure failure, Optional<Intent> rest) implements Request {}
  }

  /// How the active credential was received.
  public sealed interface Login {
    /// @param relations how much the schema holds
    record LetIn(int relations) implements Login {}

    record TurnedAway(Failure failure) implements Login {}
  }

  public Facts with(List<Outcome> later) {
    return new Facts(
        service, request, published, memory, servers, workloads, probe, login, inPhase, later);
  }

  public Facts withServers(Map<String, ServerFact> seen) {
    return new Facts(
        service, request, published, memory, seen, workloads, probe, login, inPhase, outcomes);
  }

  public Facts withWorkloads(List<WorkloadFact> found) {
    return new Facts(
        service, request, published, memory, servers, found, probe, login, inPhase, outcomes);
  }

  public Facts withProbe(Probe found) {
    return new Facts(
        service,
        request,
        published,
        memory,
        servers,
        workloads,
        Optional.of(found),
        login,
        inPhase,
        outcomes);
  }

  public Facts withLogin(Login tried) {
    return new Facts(
        service,
        request,
        published,
        memory,
        servers,
        workloads,
        probe,
        Optional.of(tried),
        inPhase,
        outcomes);
  }

  /// The fences still owed: as recorded, unless a crash kept the cut from being recorded.
  public List<Debt> debts() {
    boolean recorded =
        memory.active().map(Memory.Active::attachment).equals(active()) || active().isEmpty();
    var debts =
        !recorded && published instanceof Published.Binding binding
            ? binding.debts()
            : memory.debts();
    return debts.stream().filter(d -> !Debts.over(this, d)).toList();
  }

  public Optional<Intent> intent() {
    return switch (request) {
      case Request.Understood(var intent) -> Optional.of(intent);
      case Request.Refused(_, var rest) -> rest;
    };
  }

  private Optional<Intent> accepted() {
    return request instanceof Request.Understood(var intent)
        ? Optional.of(intent)
        : Optional.empty();
  }

  /// It was attached once, and neither the Secret nor the status says where: a restored backup.
  public boolean forgotten() {
    return service.marked() && published instanceof Published.None && memory.equals(Memory.blank());
  }

  /// The attachment that the binding names: the Secret when it is genuine, else what was recorded.
  public Optional<Attachment> active() {
    return published instanceof Published.Binding binding && believed(binding)
        ? Optional.of(binding.active())
        : memory.active().map(Memory.Active::attachment);
  }

  /// A tenant may edit the Secret: it is believed when sealed, and of an epoch that status knows.
  private boolean believed(Published.Binding binding) {
    if (!binding.genuine()) return false;
    long epoch = binding.active().epoch();
    return memory.active().isEmpty()
        || memory.active().get().attachment().epoch() == epoch
        || memory.swap().target().filter(t -> t.epoch() == epoch).isPresent();
  }

  /// Whether the believed binding is this attachment.
  public boolean published(Attachment attachment) {
    return published instanceof Published.Binding binding
        && believed(binding)
        && binding.active().equals(attachment);
  }

  /// What was asked for when the binding was published.
  public Optional<Place> requested() {
    return published instanceof Published.Binding binding && binding.genuine()
        ? Optional.of(binding.requested())
        : memory.active().map(Memory.Active::requested);
  }

  /// Whether the spec asks for another place than it did when the binding was published.
  public boolean pending() {
    return requested().isPresent()
        && accepted().filter(i -> !i.place().equals(requested().get())).isPresent();
  }

  public boolean wants(Place place) {
    return accepted()
        .filter(i -> i.state() == Intent.State.Attached && i.place().equals(place))
        .isPresent();
  }

  public Optional<ServerFact> server(String name) {
    return Optional.ofNullable(servers.get(name));
  }

  /// The greatest epoch seen anywhere, 0 when there is none.
  public long greatestEpoch() {
    long greatest = memory.greatestEpoch();
    if (published instanceof Published.Binding binding && binding.genuine())
      greatest = Math.max(greatest, binding.active().epoch());
    for (var server : servers.values()) greatest = Math.max(greatest, server.greatestEpoch());
    return greatest;
  }
}
