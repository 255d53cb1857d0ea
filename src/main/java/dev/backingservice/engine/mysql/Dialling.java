package dev.backingservice.engine.mysql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.jdbc.JdbcLine;
import dev.backingservice.engine.wire.Instances;
import dev.backingservice.engine.wire.Lane;
import java.net.InetAddress;
import java.sql.SQLException;
import java.util.Optional;

/// How the administrator's connections to one server are made, and what is asked of each address of
/// its name.
record Dialling(Server server) implements Lane.Dial<JdbcLine>, Instances.Questions<JdbcLine> {

  @Override
  public JdbcLine open() throws EngineException {
    return new Instances<>(server, this).primary();
  }

  @Override
  public JdbcLine open(Optional<InetAddress> only) throws EngineException {
    return Connections.administrator(server, only);
  }

  @Override
  public boolean writes(JdbcLine line) {
    try {
      return Identification.read(new Sql(line.connection()), server).writable();
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public Optional<String> instance(JdbcLine line) {
    try {
      return Optional.of(Identification.read(new Sql(line.connection()), server).instanceId());
    } catch (SQLException e) {
      return Optional.empty();
    }
  }
}
