package dev.backingservice.engine;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Place;
import dev.backingservice.model.Protection;
import dev.backingservice.model.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The administrator's session on one server. Not safe for several threads.
public interface Session extends AutoCloseable {

  /// Who answers here.
  Identity identity() throws EngineException;

  /// Weaknesses of this server.
  List<Finding> posture() throws EngineException;

  /// What the connection is protected with; empty without TLS.
  Optional<Protection> protection() throws EngineException;

  /// What holds for these logins, compared with what `claim` asks for. Reads only.
  Standing look(Claim claim, Set<String> logins) throws EngineException;

  /// The names of what the place holds.
  ///
  /// @throws EngineException with `DatabaseMissing` or `SchemaMissing`
  Set<String> relations(Place place) throws EngineException;

  /// Whether a fence by this administrator could end the sessions of others, and what stands in
  /// its way.
  ///
  /// @throws EngineException with `AdminTooWeak` or `PreparedTransactions`
  void fenceable(Claim claim, Attachment attachment) throws EngineException;

  /// Whether both sessions lead to the same running server. `key` is random and used by nobody
  /// else.
  boolean sameInstance(Session other, long key) throws EngineException;

  /// Creates the database when it is missing.
  void createDatabase(Claim claim) throws EngineException;

  /// Makes exactly these words true, with exactly the rights of `claim`. Safe to repeat.
  void ensure(Claim claim, List<Want> wants) throws EngineException;

  /// Ends the sessions of a locked login until none is left or `within` has passed.
  Drain sever(Claim claim, Attachment attachment, Duration within) throws EngineException;

  /// Locks every login that this operator made on the lineage and that `held` does not name,
  /// and ends their sessions: a physical copy brings logins along that nobody holds there.
  ///
  /// @return how many were locked
  int lockStrangers(Set<String> held) throws EngineException;

  /// Gives the session back. Never fails.
  @Override
  void close();
}
