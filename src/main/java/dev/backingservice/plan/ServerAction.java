package dev.backingservice.plan;

import dev.backingservice.model.ServerDebt;
import java.util.List;
import java.util.Set;

/// One thing to do for a server.
public sealed interface ServerAction {
  /// Issue the server's own certificate.
  record IssueCertificate(ServerFacts.Certificate certificate) implements ServerAction {}

  /// Lock the logins that a copy brought along.
  ///
  /// @param names every name of this running server: logins made under these are its own
  record LockStrangers(Set<String> names) implements ServerAction {}

  /// Fence the login of a service that is gone, and remove it.
  record Pay(ServerDebt debt) implements ServerAction {}

  /// Fence the login of a service that is gone on a copy that was promoted in the place of the
  /// server that owes it: the copy lets it in as well, and the debt stays.
  record FenceCopy(ServerDebt debt) implements ServerAction {}

  /// Forget a debt when its login is locked here, or gone: the server is a standby now that follows
  /// a later primary.
  record Release(ServerDebt debt) implements ServerAction {}

  /// Forget debts: the server they are owed to is gone for ever.
  record Forgive(List<ServerDebt> debts) implements ServerAction {
    public Forgive {
      debts = List.copyOf(debts);
    }
  }

  /// Take the word back that the server is gone: it takes writes.
  record TakeBackGone() implements ServerAction {}
}
