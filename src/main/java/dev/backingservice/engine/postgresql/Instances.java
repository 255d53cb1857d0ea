package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.postgresql.Connections.Opened;
import dev.backingservice.engine.wire.Addresses;
import dev.backingservice.model.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The running servers behind the addresses of one name.
final class Instances {
  /// After this, no further address of a name is tried.
  private static final Duration ALL = Duration.ofMillis(5500);

  /// How long the questions to one address may take.
  private static final Duration QUESTIONS = Duration.ofSeconds(5);

  private Instances() {}

  /// The administrator's connection to the first address that takes writes. A name leads to a
  /// standby only when every address of it does: one that nobody could ask may be the primary.
  static Opened primary(Server server) throws EngineException {
    var addresses = addresses(server);
    if (addresses.size() < 2) return open(server, Optional.empty());
    var until = System.nanoTime() + ALL.toNanos();
    Opened standby = null;
    EngineException failure = null;
    for (var address : addresses) {
      if (System.nanoTime() > until) {
        failure = untried(server, failure);
        break;
      }
      try {
        var opened = open(server, Optional.of(address));
        if (writes(opened)) {
          close(standby);
          return opened;
        }
        if (standby == null) standby = opened;
        else close(opened);
      } catch (EngineException e) {
        if (failure == null || failure.silent()) failure = e;
      }
    }
    if (standby != null && failure == null) return standby;
    if (standby != null) throw halfSeen(server, standby, failure);
    throw failure != null
        ? failure
        : EngineException.silent(Reason.ServerUnreachable, server.name() + " has no address");
  }

  private static EngineException halfSeen(
      Server server, Opened standby, @Nullable EngineException failure) {
    close(standby);
    return EngineException.of(
        Reason.ServerUnreachable,
        "a standby answers under the name of %s, and the primary may be at an address that does not: %s"
            .formatted(server.name(), failure == null ? "" : failure.sentence()));
  }

  private static EngineException untried(Server server, @Nullable EngineException failure) {
    return failure != null && !failure.silent()
        ? failure
        : EngineException.of(
            Reason.ServerUnreachable,
            server.name() + " has more addresses than could be tried in time");
  }

  /// The running servers that answer under the name; empty when it has one address only.
  static SortedSet<String> behind(Server server) {
    var instances = new TreeSet<String>();
    var addresses = addresses(server);
    if (addresses.size() < 2) return instances;
    var until = System.nanoTime() + ALL.toNanos();
    for (var address : addresses)
      if (System.nanoTime() < until) instance(server, address).ifPresent(instances::add);
    return instances;
  }

  private static Optional<String> instance(Server server, InetAddress address) {
    Opened opened = null;
    try {
      opened = open(server, Optional.of(address));
      return Optional.of(Identification.read(new Sql(opened.connection())).instanceId());
    } catch (EngineException | SQLException e) {
      return Optional.empty();
    } finally {
      close(opened);
    }
  }

  private static Opened open(Server server, Optional<InetAddress> only) throws EngineException {
    var opened = Connections.administrator(server, server.adminDatabase(), only);
    opened.attempt().bounds().begin(QUESTIONS);
    return opened;
  }

  private static List<InetAddress> addresses(Server server) {
    try {
      return Addresses.of(server.admin().host());
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  private static boolean writes(Opened opened) {
    try {
      return !new Sql(opened.connection()).holds("SELECT pg_catalog.pg_is_in_recovery()");
    } catch (SQLException e) {
      return false;
    }
  }

  private static void close(@Nullable Opened opened) {
    if (opened == null) return;
    try {
      opened.connection().abort(Runnable::run);
    } catch (SQLException e) {
      return; // it is gone either way
    }
  }
}
