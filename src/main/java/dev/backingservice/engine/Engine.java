package dev.backingservice.engine;

import dev.backingservice.model.Abilities;
import dev.backingservice.model.Credential;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Place;
import dev.backingservice.model.Sensitive;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;

/// One kind of server.
public interface Engine {
  EngineKind kind();

  Abilities abilities();

  Defaults defaults();

  /// Logs in as the administrator, within the permits and timeouts of that server. While a
  /// server is known to be down, one caller tries and the others are told at once what it saw.
  ///
  /// @throws EngineException when nobody is there, or the administrator is not let in
  Session open(Server server) throws EngineException;

  /// The same, and what an earlier try saw does not count: where a failure would be taken for a
  /// verdict.
  Session openAfresh(Server server) throws EngineException;

  /// The administrator on a connection that is there already; empty when none is left that answers.
  /// Where nobody is let in any more, sessions from before may go on.
  ///
  /// @throws EngineException when all of them are in use
  Optional<Session> warm(Server server) throws EngineException;

  /// Logs in as the workload would and proves what the access level promises, without touching
  /// tenants' data.
  ///
  /// @throws EngineException when nobody is there, or it cannot be told whether the login is let in
  Entry knock(Server server, Order order, Credential credential) throws EngineException;

  /// As [#knock], where nothing is under way: what was granted a short while ago is asked for, too.
  default Entry inspect(Server server, Order order, Credential credential) throws EngineException {
    return knock(server, order, credential);
  }

  /// The engine's own keys of a binding. Pure.
  SortedMap<String, Sensitive> entries(Place place, Material material);

  /// Why a place makes no sense here, such as one that was stored before the schema refused it.
  /// Pure.
  default Optional<Failure> refusal(Place place) {
    return Optional.empty();
  }

  /// The anchor that the certificate of the data endpoint leads to, PEM; empty when nobody could be
  /// asked or nothing is verified.
  Optional<String> anchor(Server server);

  /// Forgets connections to servers that `stillThere` does not list.
  void keep(Collection<Server> stillThere);

  /// Requests and statements sent by this process.
  long calls();
}
