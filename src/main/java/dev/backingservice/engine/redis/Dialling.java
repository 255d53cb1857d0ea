package dev.backingservice.engine.redis;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.wire.Instances;
import dev.backingservice.engine.wire.Lane;
import java.net.InetAddress;
import java.util.Optional;

/// How the administrator's connections to one server are made, and what is asked of each address of
/// its name.
record Dialling(Server server) implements Lane.Dial<RedisLine>, Instances.Questions<RedisLine> {

  @Override
  public RedisLine open() throws EngineException {
    return new Instances<>(server, this).primary();
  }

  @Override
  public RedisLine open(Optional<InetAddress> only) throws EngineException {
    return Connections.administrator(server, only);
  }

  @Override
  public boolean writes(RedisLine line) {
    try {
      return Identification.read(new Redis(line.resp(), server)).writable();
    } catch (EngineException e) {
      return false;
    }
  }

  @Override
  public Optional<String> instance(RedisLine line) {
    try {
      return Optional.of(Identification.read(new Redis(line.resp(), server)).instanceId());
    } catch (EngineException e) {
      return Optional.empty();
    }
  }
}
