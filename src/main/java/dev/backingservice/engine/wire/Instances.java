package dev.backingservice.engine.wire;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The running servers behind the addresses of one name.
///
/// @param <L> a connection of the engine
public final class Instances<L extends Line> {
  /// After this, no further address of a name is tried.
  private static final Duration ALL = Duration.ofMillis(5500);

  /// How long the questions to one address may take.
  private static final Duration QUESTIONS = Duration.ofSeconds(5);

  private final Server server;
  private final Questions<L> questions;

  public Instances(Server server, Questions<L> questions) {
    this.server = server;
    this.questions = questions;
  }

  /// What is asked of each address.
  public interface Questions<L> {
    /// Logs in as the administrator.
    ///
    /// @param only the one address to be tried; empty: all of the name's
    L open(Optional<InetAddress> only) throws EngineException;

    /// Whether it takes writes; false where it cannot be told.
    boolean writes(L line);

    /// The running server, as its identity says; empty where it cannot be told.
    Optional<String> instance(L line);
  }

  /// The administrator's connection to the first address that takes writes. A name leads to a
  /// standby only when every address of it does: one that nobody could ask may be the primary.
  public L primary() throws EngineException {
    var addresses = addresses();
    if (addresses.size() < 2) return open(Optional.empty());
    var until = System.nanoTime() + ALL.toNanos();
    L standby = null;
    EngineException failure = null;
    for (var address : addresses) {
      if (System.nanoTime() > until) {
        failure = untried(failure);
        break;
      }
      try {
        var opened = open(Optional.of(address));
        if (questions.writes(opened)) {
          discard(standby);
          return opened;
        }
        if (standby == null) standby = opened;
        else discard(opened);
      } catch (EngineException e) {
        if (failure == null || failure.silent()) failure = e;
      }
    }
    if (standby != null && failure == null) return standby;
    if (standby != null) throw halfSeen(standby, failure);
    throw failure != null
        ? failure
        : EngineException.silent(Reason.ServerUnreachable, server.name() + " has no address");
  }

  /// The administrator's connection to the first address that answers.
  public L any() throws EngineException {
    return open(Optional.empty());
  }

  private EngineException halfSeen(L standby, @Nullable EngineException failure) {
    discard(standby);
    return EngineException.of(
        Reason.ServerUnreachable,
        "a standby answers under the name of %s, and the primary may be at an address that does not: %s"
            .formatted(server.name(), failure == null ? "" : failure.sentence()));
  }

  private EngineException untried(@Nullable EngineException failure) {
    return failure != null && !failure.silent()
        ? failure
        : EngineException.of(
            Reason.ServerUnreachable,
            server.name() + " has more addresses than could be tried in time");
  }

  /// The running servers that answer under the name; empty when it has one address only.
  public SortedSet<String> all() {
    var instances = new TreeSet<String>();
    var addresses = addresses();
    if (addresses.size() < 2) return instances;
    var until = System.nanoTime() + ALL.toNanos();
    for (var address : addresses)
      if (System.nanoTime() < until) instance(address).ifPresent(instances::add);
    return instances;
  }

  private Optional<String> instance(InetAddress address) {
    L opened = null;
    try {
      opened = open(Optional.of(address));
      return questions.instance(opened);
    } catch (EngineException e) {
      return Optional.empty();
    } finally {
      discard(opened);
    }
  }

  private L open(Optional<InetAddress> only) throws EngineException {
    var opened = questions.open(only);
    opened.attempt().bounds().begin(QUESTIONS);
    return opened;
  }

  private List<InetAddress> addresses() {
    try {
      return Addresses.of(server.admin().host());
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  private void discard(@Nullable L opened) {
    if (opened != null) opened.discard();
  }
}
