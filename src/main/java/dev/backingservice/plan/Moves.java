package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Identity;

/// Whether somebody else answers under a name than before: a promoted standby has a higher
/// timeline, and its predecessor may be alive without a name.
public final class Moves {
  private Moves() {}

  /// A promotion behind the name of the active server, or another server there: whoever is
  /// connected to its predecessor has to move.
  static boolean ofActive(Facts f) {
    return f.memory()
        .active()
        .filter(a -> f.active().filter(a.attachment()::equals).isPresent())
        .filter(a -> replaced(f, a.attachment()) || later(f, a.attachment(), a.running()))
        .isPresent();
  }

  /// Another lineage under the name, which the platform team accepts.
  private static boolean replaced(Facts f, Attachment attachment) {
    return f.server(attachment.server())
        .flatMap(ServerFact::answer)
        .filter(a -> !a.identity().serverId().equals(attachment.serverId()))
        .isPresent();
  }

  /// A promotion behind the name of a server that was fenced.
  public static boolean behindItsName(Facts f, Memory.Retained retained) {
    return later(f, retained.attachment(), retained.running());
  }

  private static boolean later(Facts f, Attachment attachment, String running) {
    var timeline = Identity.timelineOf(running);
    return !timeline.isEmpty()
        && f.server(attachment.server())
            .flatMap(ServerFact::answer)
            .filter(a -> a.identity().writable())
            .filter(a -> a.identity().serverId().equals(attachment.serverId()))
            .filter(a -> a.identity().timeline().compareTo(timeline) > 0)
            .isPresent();
  }

  /// Whether a name leads to the active server, be it its own name or another one.
  static boolean live(Facts f, String server) {
    var live = f.active().flatMap(a -> f.server(a.server())).flatMap(ServerFact::answer);
    var there = f.server(server).flatMap(ServerFact::answer);
    return live.isPresent()
        && there.isPresent()
        && live.get().identity().instanceId().equals(there.get().identity().instanceId());
  }
}
