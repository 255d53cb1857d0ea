package dev.backingservice.engine.mysql;

import dev.backingservice.engine.MarkStore;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Server;
import java.util.Set;

/// What is known of the accounts of one server.
///
/// @param store of the marks where the server has no place for them
record Registry(
    Server server, Marks marks, MarkStore store, ForeignGrants foreign, Set<Server> tables) {
  MarkTable table(Sql sql) {
    return new MarkTable(sql, marks, server, store, tables);
  }
}
