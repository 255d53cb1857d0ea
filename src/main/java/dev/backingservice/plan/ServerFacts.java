package dev.backingservice.plan;

import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Protection;
import dev.backingservice.model.ServerDebt;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Everything that is known about one server at one moment.
///
/// @param seen what was found when it was asked
/// @param recorded what status says of it
/// @param owed the fences that services owed to it when they went
/// @param certificate the server's own certificate, when the operator is to issue it
/// @param names every name that leads to this running server, its own among them
public record ServerFacts(
    String name,
    Seen seen,
    Recorded recorded,
    Said said,
    List<ServerDebt> owed,
    Optional<Certificate> certificate,
    Set<String> names) {
  public ServerFacts {
    owed = List.copyOf(owed);
    names = Set.copyOf(names);
  }

  /// What was found.
  public sealed interface Seen {
    /// @param identity of the server that keeps the accounts
    /// @param self who answers under the name: another one where that is a standby of the first
    /// @param protection of the connection; empty without TLS
    /// @param instances the running servers behind the addresses of its name; empty when it has one
    /// @param data where workloads connect
    record Answers(
        Identity identity,
        Identity self,
        List<Finding> findings,
        Optional<Protection> protection,
        Set<String> instances,
        Endpoint data)
        implements Seen {
      public Answers {
        findings = List.copyOf(findings);
        instances = Set.copyOf(instances);
      }
    }

    record Troubled(Failure failure) implements Seen {}
  }

  /// What status says; empty texts where it says nothing.
  public record Recorded(String serverId, String timeline) {
    /// Whether this lineage was seen first, or is the first to be seen.
    boolean knows(String lineage) {
      return serverId.isEmpty() || serverId.equals(lineage);
    }
  }

  /// What people say by annotation; empty texts where they say nothing.
  ///
  /// @param accepted the lineage that is right now
  /// @param gone the lineage or process that will never answer again
  public record Said(String accepted, String gone) {}

  /// A certificate of the server's own.
  ///
  /// @param names DNS names and addresses it is to be good for
  /// @param state how it stands
  public record Certificate(String secretName, List<String> names, State state) {
    public Certificate {
      names = List.copyOf(names);
    }

    /// How long it is good for; it is renewed at two thirds.
    public static final Duration LIFE = Duration.ofHours(2160);

    /// How a certificate stands.
    public enum State {
      Good,
      /// Missing, ending or for other names.
      Due,
      /// A Secret of that name is not ours.
      Foreign
    }
  }

  /// The lineage first seen, or the one the platform team accepts.
  public boolean identified(Identity identity) {
    return recorded.knows(identity.serverId()) || identity.serverId().equals(said.accepted());
  }

  /// The same with every name that leads to the server.
  public ServerFacts withNames(Set<String> all) {
    return new ServerFacts(name, seen, recorded, said, owed, certificate, all);
  }

  public ServerFacts withSeen(Seen other) {
    return new ServerFacts(name, other, recorded, said, owed, certificate, names);
  }

  /// Whether it accepts writes and did not when it was last recorded, or is another one.
  public boolean isNew() {
    return seen instanceof Seen.Answers(var identity, var self, _, _, _, _)
        && self.equals(identity)
        && isNew(identity);
  }

  private boolean isNew(Identity identity) {
    return identity.writable()
        && identified(identity)
        && (!identity.serverId().equals(recorded.serverId())
            || !identity.timeline().equals(recorded.timeline()));
  }
}
