package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Names;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Standing.Holds;
import dev.backingservice.model.Word;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The first attachment, and the one after a detachment: a motion without an old server. Nothing of
/// it needs to be recorded before, because every repetition makes the same login with the same
/// password.
final class Attach {
  private static final Duration SLICE = Duration.ofSeconds(2);

  private Attach() {}

  static Plan plan(Facts f, Intent intent, Instant now) {
    var swap = f.memory().swap();
    var refusal = refusal(f, intent).or(() -> unasked(f));
    if (refusal.isPresent()) return new Plan(f, swap, Upkeep.actions(f, swap, now), refusal);

    var to = next(f, intent);
    boolean first = !f.service().marked();
    var actions = new ArrayList<Action>(Debts.settle(f));
    if (f.forgotten()) actions.addAll(fences(f, to));
    if (first && intent.createDatabase() == Intent.CreateDatabase.IfMissing)
      actions.add(new Action.CreateDatabase(intent.place()));
    actions.add(new Action.Ensure(to.server(), List.of(new Action.Desired(to, Word.Prepared))));
    actions.add(new Action.Knock(to));
    if (first) actions.add(new Action.MarkAttached());
    actions.add(new Action.Publish(to, intent.place(), f.debts(), f.published().guard()));
    for (var workload : f.workloads())
      if (workload.chosen().isPresent() && workload.problem().isEmpty())
        actions.add(new Action.Project(workload, to.epoch()));
    return new Plan(f, new Swap.Settled(), actions, Optional.empty());
  }

  private static Optional<Failure> refusal(Facts f, Intent intent) {
    var server = f.server(intent.place().server());
    if (server.isEmpty())
      return Optional.of(new Failure(Reason.Pending, "the server has not been looked at yet"));
    return server.get().consent().or(() -> server.get().trouble()).or(() -> server.get().posture());
  }

  /// A restored service may have a login anywhere: every server that admits it is asked first.
  private static Optional<Failure> unasked(Facts f) {
    if (!f.forgotten()) return Optional.empty();
    return new TreeMap<>(f.servers())
        .values().stream()
            .filter(s -> s.answer().isEmpty())
            .map(
                s ->
                    new Failure(
                        Reason.Pending,
                        "this service was attached before, and %s has to be asked for its login first, but does not answer: heal it or delete the BackingServer"
                            .formatted(s.name())))
            .findFirst();
  }

  /// Every other login of this service, wherever it is.
  private static List<Action> fences(Facts f, Attachment to) {
    var fences = new ArrayList<Action>();
    for (var server : new TreeMap<>(f.servers()).values())
      server
          .answer()
          .filter(a -> a.identity().writable())
          .ifPresent(
              a ->
                  others(server.name(), a, to)
                      .forEach(o -> fences.add(new Action.Fence(o, SLICE))));
    return fences;
  }

  private static List<Attachment> others(
      String server, ServerFact.Sight.Answers answer, Attachment to) {
    return new TreeMap<>(answer.standing().logins())
        .entrySet().stream()
            .filter(l -> l.getValue().holds() != Holds.Foreign)
            .filter(l -> !l.getKey().equals(to.login()) || !server.equals(to.server()))
            .map(l -> at(server, answer, l.getKey(), to.place()))
            .toList();
  }

  private static Attachment at(
      String server, ServerFact.Sight.Answers answer, String login, Place like) {
    var standing = answer.standing().logins().get(login);
    return new Attachment(
        new Place(server, like.database(), like.schema()),
        answer.identity().serverId(),
        login,
        Math.max(1, standing == null ? 1 : standing.epoch()));
  }

  private static Attachment next(Facts f, Intent intent) {
    var answer = f.server(intent.place().server()).flatMap(ServerFact::answer);
    var serverId = answer.map(a -> a.identity().serverId()).orElse("");
    var slot = Names.Slot.besides(last(f, answer).orElse("_b"));
    var login = Names.login(f.service().instance(), f.service().id(), slot);
    return new Attachment(intent.place(), serverId, login, epoch(f, answer, login));
  }

  /// The login used last, as remembered; a forgotten one as the server has it.
  private static Optional<String> last(Facts f, Optional<ServerFact.Sight.Answers> answer) {
    var remembered = f.memory().retained().stream().map(r -> r.attachment().login()).findFirst();
    if (remembered.isPresent() || !f.forgotten()) return remembered;
    return answer.stream()
        .flatMap(a -> a.standing().logins().entrySet().stream())
        .filter(e -> e.getValue().holds() != Holds.Foreign)
        .max(Map.Entry.comparingByValue(Comparator.comparingLong(l -> l.epoch())))
        .map(Map.Entry::getKey);
  }

  /// A login that was made and never published keeps its epoch.
  private static long epoch(Facts f, Optional<ServerFact.Sight.Answers> answer, String login) {
    long next = f.greatestEpoch() + 1;
    if (f.service().marked()) return next;
    return answer
        .map(a -> a.standing().logins().get(login))
        .filter(
            l -> l.uid().equals(f.service().id().uid()) && l.epoch() == next - 1 && l.epoch() > 0)
        .map(l -> l.epoch())
        .orElse(next);
  }
}
