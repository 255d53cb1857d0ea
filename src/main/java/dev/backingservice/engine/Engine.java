package dev.backingservice.engine;

import dev.backingservice.model.Credential;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/// One kind of server.
public interface Engine {
  Capabilities capabilities();

  /// Logs in as the administrator, within the permits and timeouts of that server.
  ///
  /// @throws EngineException when nobody is there, or the administrator is not let in
  Session open(Server server) throws EngineException;

  /// Logs in as the workload would and proves what the access level promises, without touching
  /// tenants' data.
  ///
  /// @return how much the place holds, in relations
  /// @throws EngineException with `LoginRefused` when the credential is not let in
  int knock(Server server, Claim claim, Credential credential) throws EngineException;

  /// The engine's own keys of a binding. Pure.
  Map<String, String> entries(Place place, EntryMaterial material);

  /// The anchor that the server's certificate leads to, PEM; empty when nobody could be asked or
  /// nothing is verified.
  Optional<String> anchor(Server server);

  /// The variables a workload gets when its owner names none.
  Map<String, String> defaultEnv();

  /// The port when none is set.
  int defaultPort();

  /// The rights and limits that `intent` asks for, refused here when the engine has no such level.
  default boolean supports(Intent intent) {
    return capabilities().levels().contains(intent.access());
  }

  /// Forgets connections to servers that `stillThere` does not list.
  void retain(Collection<Server> stillThere);
}
