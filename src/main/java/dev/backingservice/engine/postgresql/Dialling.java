package dev.backingservice.engine.postgresql;

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
    var instances = new Instances<>(server, this);
    return server.primary().isEmpty() ? instances.primary() : instances.any();
  }

  @Override
  public void clear(JdbcLine old) throws EngineException {
    DatabaseLocks.release(server, new Sql(old.connection()));
  }

  @Override
  public JdbcLine open(Optional<InetAddress> only) throws EngineException {
    return Connections.administrator(server, only);
  }

  @Override
  public boolean writes(JdbcLine line) {
    try {
      return !new Sql(line.connection()).holds("SELECT pg_catalog.pg_is_in_recovery()");
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public Optional<String> instance(JdbcLine line) {
    try {
      return Optional.of(Identification.instance(new Sql(line.connection())));
    } catch (SQLException e) {
      return Optional.empty();
    }
  }
}
