package dev.backingservice.engine.rabbitmq;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.wire.Instances;
import dev.backingservice.engine.wire.Lane;
import java.net.InetAddress;
import java.util.Optional;

/// How the administrator's connections to one broker are made. Every node of a cluster answers for
/// all of it.
record Dialling(Server server) implements Lane.Dial<ApiLine>, Instances.Questions<ApiLine> {
  @Override
  public ApiLine open() throws EngineException {
    return Connections.administrator(server, Optional.empty());
  }

  @Override
  public ApiLine open(Optional<InetAddress> only) throws EngineException {
    return Connections.administrator(server, only);
  }

  @Override
  public boolean writes(ApiLine line) {
    return true;
  }

  @Override
  public Optional<String> instance(ApiLine line) {
    try {
      return Optional.of(Identification.read(new Api(line, server)).instanceId());
    } catch (EngineException e) {
      return Optional.empty();
    }
  }
}
