package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Identity;
import java.util.Optional;

/// Whether somebody else answers under a name than before: a promoted standby has a higher
/// timeline, and its predecessor may be alive without a name.
public final class Promotions {
  private Promotions() {}

  /// A promotion behind the name of the active server, or another server there: whoever is
  /// connected to its predecessor has to move.
  static boolean ofActive(Facts f) {
    return f.memory()
        .active()
        .filter(a -> f.active().filter(a.attachment()::same).isPresent())
        .filter(a -> replaced(f, a.attachment()) || later(f, a.attachment(), a.running()))
        .isPresent();
  }

  /// Another lineage under the name, which the platform team accepts.
  static boolean replaced(Facts f, Attachment attachment) {
    return f.answer(attachment.server())
        .filter(a -> !a.identity().serverId().equals(attachment.serverId()))
        .isPresent();
  }

  /// A promotion behind the name of a server that was fenced.
  public static boolean behindItsName(Facts f, Memory.Retained retained) {
    return later(f, retained.attachment(), retained.running());
  }

  /// Whether a server that takes writes, or took them when it was last seen, has a later timeline
  /// than `running` says.
  static boolean later(Facts f, Attachment attachment, String running) {
    return timeline(f, attachment).filter(t -> Identity.later(t, running)).isPresent();
  }

  private static Optional<String> timeline(Facts f, Attachment attachment) {
    if (f.answer(attachment.server()).isEmpty())
      return f.memory()
          .active()
          .filter(a -> a.attachment().server().equals(attachment.server()))
          .filter(a -> a.attachment().serverId().equals(attachment.serverId()))
          .map(a -> Identity.timelineOf(a.running()));
    return f.answer(attachment.server())
        .map(ServerFact.Sight.Answers::identity)
        .filter(i -> i.takesWritesAs(attachment.serverId()))
        .map(Identity::timeline);
  }

  /// A snapshot was put back under the name of a server that was fenced: its log ends before the
  /// fence.
  public static boolean putBack(Facts f, Memory.Retained retained) {
    // what was seen before a proof of just now says nothing against it
    return !retained.position().isEmpty()
        && Retention.proof(f, retained.attachment()).isEmpty()
        && f.answer(retained.attachment().server())
            .filter(a -> a.identity().takesWritesAs(retained.attachment().serverId()))
            .filter(a -> a.identity().isBehind(retained.position()))
            .isPresent();
  }

  /// Whether this is the account of the active credential, be it by another name of its server.
  static boolean isActive(Facts f, Attachment attachment) {
    return f.active()
        .filter(a -> a.login().equals(attachment.login()))
        .filter(a -> oneInstance(f, a.server(), attachment.server()))
        .isPresent();
  }

  /// Whether the two names of a motion lead to two running servers.
  static boolean parted(Facts f, Motion m) {
    var here = instance(f, m.from().server());
    var there = instance(f, m.to().server());
    return here.isPresent() && there.isPresent() && !here.equals(there);
  }

  /// Whether the two names of a motion lead to one place of one running server, as was not
  /// known when it began: there is nothing to leave.
  static boolean united(Facts f, Motion m) {
    return !m.from().server().equals(m.to().server())
        && m.from().place().scope().equals(m.to().place().scope())
        && oneInstance(f, m.from().server(), m.to().server());
  }

  /// Whether two names lead to one running server; two names that nobody can ask about do not.
  static boolean oneInstance(Facts f, String one, String other) {
    var here = instance(f, one);
    return one.equals(other) || (here.isPresent() && here.equals(instance(f, other)));
  }

  /// Whether the process that was fenced answers by another name only, while its own one is silent:
  /// that may lead to a copy by now.
  static boolean underAnotherName(Facts f, Memory.Retained retained) {
    var own = retained.attachment().server();
    var fenced = Optional.of(Debts.instance(retained.running()));
    return f.answer(own).isEmpty()
        && f.servers().keySet().stream().anyMatch(name -> instance(f, name).equals(fenced));
  }

  static Optional<String> instance(Facts f, String server) {
    return f.answer(server).map(a -> a.identity().instanceId());
  }

  /// The running server that the binding in force was published on under this name.
  static Optional<String> published(Facts f, String server) {
    return f.memory()
        .active()
        .filter(a -> a.attachment().server().equals(server))
        .map(a -> Debts.instance(a.running()))
        .filter(instance -> !instance.isEmpty());
  }
}
