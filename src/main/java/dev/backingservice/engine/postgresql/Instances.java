package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.postgresql.Connections.Opened;
import dev.backingservice.engine.wire.Addresses;
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
  /// How long the addresses of a name may take, one after the other.
  private static final Duration ALL = Duration.ofSeconds(8);

  private Instances() {}

  /// The administrator's connection to the first address that takes writes. A name leads to a
  /// standby only when every address of it does.
  static Opened primary(Server server) throws EngineException {
    var addresses = addresses(server);
    if (addresses.size() < 2) return open(server, Optional.empty());
    var until = System.nanoTime() + ALL.toNanos();
    Opened standby = null;
    EngineException failure = null;
    for (var address : addresses) {
      if ((standby != null || failure != null) && System.nanoTime() > until) break;
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
    if (standby != null) return standby;
    throw failure != null ? failure : EngineException.silent(server.name() + " has no address");
  }

  /// The running servers that answer under the name; empty when it has one address only.
  static SortedSet<String> behind(Server server) {
    var instances = new TreeSet<String>();
    var addresses = addresses(server);
    if (addresses.size() < 2) return instances;
    for (var address : addresses) instance(server, address).ifPresent(instances::add);
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
    return Connections.administrator(server, server.adminDatabase(), only);
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
