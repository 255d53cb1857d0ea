package dev.backingservice.sandbox;

import java.sql.SQLException;
import java.util.Set;

/// A server whose database `orders` writers write to.
public interface Books {
  int port();

  /// From outside it looks dead.
  void stop();

  /// Also after [#stop]: the same accounts and the same port.
  void start() throws Exception;

  /// Where it is administered, in YAML below `spec`; empty text where it listens.
  default String administration() {
    return "";
  }

  /// The numbers in its table `writes`.
  Set<Long> written() throws SQLException;
}
