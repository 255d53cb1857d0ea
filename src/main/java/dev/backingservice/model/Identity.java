package dev.backingservice.model;

/// What a server says it is.
///
/// @param serverId the engine's own lineage; a physical copy has the same one
/// @param instanceId this running process
/// @param timeline grows at each promotion; empty where the engine has none
/// @param position in the server's log, of the same length each time so that positions compare as
///     text; empty where the engine has none
/// @param role whether it accepts writes
/// @param version as the server says it
public record Identity(
    String serverId,
    String instanceId,
    String timeline,
    String position,
    Role role,
    String version) {
  public Identity {
    serverId = ServerText.word(serverId);
    instanceId = ServerText.word(instanceId);
    timeline = ServerText.word(timeline);
    position = ServerText.word(position);
    version = ServerText.clean(version);
  }

  /// Whether a server accepts writes.
  public enum Role {
    Primary,
    Replica,
    Unknown
  }

  /// Whether it is of a lineage and takes writes: neither a stranger nor a standby.
  public boolean takesWritesAs(String lineage) {
    return writable() && serverId().equals(lineage);
  }

  /// Whether it is a standby of a lineage that follows a primary which was promoted since
  /// [#running] said this.
  public boolean followsLater(String lineage, String running) {
    return !writable() && serverId().equals(lineage) && later(timeline(), running);
  }

  public boolean writable() {
    return role == Role.Primary;
  }

  /// Whether its log ends before a position that was reached once: an older state was put back.
  public boolean isBehind(String reached) {
    return reached.length() == position.length() && position.compareTo(reached) < 0;
  }

  /// The same where a cluster is trusted to fence its own: a promotion is a restart there.
  public Identity withoutTimeline() {
    return new Identity(serverId, instanceId, "", position, role, version);
  }

  /// This process on this timeline: what a fence is valid for.
  public String running() {
    return instanceId + "@" + timeline;
  }

  /// Whether a copy was promoted since [#running] said this: its timeline is later.
  ///
  /// @return false where `running` tells of no timeline
  public static boolean later(String timeline, String running) {
    var before = timelineOf(running);
    return !before.isEmpty() && timeline.compareTo(before) > 0;
  }

  /// The timeline in what [#running] said; empty when there is none.
  public static String timelineOf(String running) {
    return running.contains("@") ? running.substring(running.lastIndexOf('@') + 1) : "";
  }
}
