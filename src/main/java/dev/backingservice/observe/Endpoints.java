package dev.backingservice.observe;

import dev.backingservice.api.BackingServerSpec;
import dev.backingservice.engine.Engine;
import dev.backingservice.model.Endpoint;
import java.util.Objects;

/// Where a server is, as its spec says or its engine has it by default.
final class Endpoints {
  private Endpoints() {}

  static Endpoint data(BackingServerSpec spec, Engine engine) {
    return new Endpoint(
        spec.host(), Objects.requireNonNullElse(spec.port(), engine.defaults().port()));
  }

  static String adminHost(BackingServerSpec spec) {
    var endpoint = spec.admin() == null ? null : spec.admin().endpoint();
    return endpoint == null ? spec.host() : endpoint.host();
  }

  static Endpoint admin(BackingServerSpec spec, Engine engine) {
    var endpoint = spec.admin() == null ? null : spec.admin().endpoint();
    var defaults = engine.defaults();
    if (endpoint != null)
      return new Endpoint(
          endpoint.host(), Objects.requireNonNullElse(endpoint.port(), defaults.adminPort()));
    return defaults.adminPort() == defaults.port()
        ? data(spec, engine)
        : new Endpoint(spec.host(), defaults.adminPort());
  }
}
