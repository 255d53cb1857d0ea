package dev.backingservice.engine;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Inventory;
import dev.backingservice.model.Place;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// The administrator's session on one server. Not safe for several threads.
public interface Session extends AutoCloseable {

  /// Who keeps the accounts here.
  Identity identity() throws EngineException;

  /// Who answers under the name itself: another one than [#identity] where a standby's accounts are
  /// kept by its primary.
  default Identity self() throws EngineException {
    return identity();
  }

  /// How far a standby has replayed the log of its primary, in the form of [Identity#position];
  /// empty text where that is not told.
  default String replayed() throws EngineException {
    return "";
  }

  /// Who answers, and what holds for these logins. Reads only.
  Sight look(Order order, Set<String> logins) throws EngineException;

  /// What is weak about this server.
  Examination examine() throws EngineException;

  /// What the place of an order holds; empty where nothing is compared.
  ///
  /// @throws EngineException when the place is not there
  Optional<Inventory> inventory(Order order) throws EngineException;

  /// How many messages wait in a place, as the server last counted them: they stay behind when its
  /// service goes. Empty where an engine has none.
  default OptionalLong leftBehind(Place place) throws EngineException {
    return OptionalLong.empty();
  }

  /// Refuses a place that belongs to somebody else; before anything of it is read.
  ///
  /// @throws EngineException with `ServerNotAvailable` when it does
  void checkClaim(Order order) throws EngineException;

  /// Why a fence by this administrator could not end the sessions of others; empty when it could.
  Optional<Failure> fenceable(Order order, Attachment attachment) throws EngineException;

  /// Shows something that only sessions of this running server see.
  ///
  /// @param key random, and used by nobody else
  Beacon beacon(long key) throws EngineException;

  /// Whether a beacon was lit on this very running server, by whatever engine.
  boolean sees(Beacon beacon) throws EngineException;

  /// Creates what the place lies in when it is missing.
  void createMissing(Order order) throws EngineException;

  /// Creates what rights are granted to, and grants them; for engines that have groups.
  default void createGroups(Order order) throws EngineException {}

  /// Makes exactly these states true, with exactly the rights of each attachment. Safe to repeat;
  /// what was written is read back.
  void ensure(Order order, List<Want> wants) throws EngineException;

  /// Ends the sessions of a locked login until none is left or `within` has passed.
  Drain sever(Order order, Attachment attachment, Duration within) throws EngineException;

  /// Locks every login that this operator made under other names than these, and ends their
  /// sessions: a physical copy brings logins along.
  ///
  /// @param names every name of this running server
  /// @return how many were locked
  int lockStrangers(Set<String> names) throws EngineException;

  /// Drops what the operator created for this service at its place and nobody else uses; never what
  /// it did not create.
  void drop(Order order) throws EngineException;

  /// Logical replication as this server sees it; for engines that have it.
  default Optional<Replication> replication() {
    return Optional.empty();
  }

  /// Gives the session back. Never fails.
  @Override
  void close();
}
