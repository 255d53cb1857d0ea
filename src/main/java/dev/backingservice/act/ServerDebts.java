package dev.backingservice.act;

import dev.backingservice.engine.Claim;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Want;
import dev.backingservice.kube.DebtBook;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.ServerDebt;
import dev.backingservice.model.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/// Pays what services that are gone still owe to one server: their logins are locked, their
/// sessions ended, and then they are removed.
public final class ServerDebts {
  private static final Logger LOG = Logger.getLogger(ServerDebts.class);
  private static final Duration WITHIN = Duration.ofSeconds(2);
  private final Hands hands;
  private final DebtBook book;

  public ServerDebts(Hands hands) {
    this.hands = hands;
    this.book = new DebtBook(hands.secrets(), hands.namespace());
  }

  /// How many are owed.
  public int owed(String server) {
    return book.open(server).debts().size();
  }

  /// Pays what can be paid now.
  ///
  /// @param forgiven the lineage that the platform team says is gone for ever; empty text for none
  /// @return how many remain
  public int pay(Session session, String server, String forgiven) throws EngineException {
    var page = book.open(server);
    if (page.debts().isEmpty()) return 0;
    var identity = session.identity();
    var left = new ArrayList<ServerDebt>();
    for (var owed : page.debts()) {
      var lineage = owed.debt().attachment().serverId();
      boolean here = identity.takesWritesAs(lineage);
      if (lineage.equals(forgiven) || (here && paid(session, owed))) continue;
      left.add(owed);
    }
    book.write(page, left);
    return left.size();
  }

  /// Forgives without a session: the server never answers again.
  public int forgive(String server, String forgiven) {
    var page = book.open(server);
    var left =
        page.debts().stream()
            .filter(d -> !d.debt().attachment().serverId().equals(forgiven))
            .toList();
    book.write(page, left);
    return left.size();
  }

  private boolean paid(Session session, ServerDebt owed) throws EngineException {
    var attachment = owed.debt().attachment();
    var claim = Claim.of(owed.service(), attachment.place(), Optional.empty(), Set.of());
    var login = session.look(claim, Set.of(attachment.login())).logins().get(attachment.login());
    // another object of that name took the login over, with a password of its own
    if (login == null || !login.uid().equals(owed.service().uid())) return true;
    session.ensure(claim, List.of(want(owed, attachment, Word.Locked)));
    if (!session.sever(claim, attachment, WITHIN).done()) return false;
    session.ensure(claim, List.of(want(owed, attachment, Word.Absent)));
    LOG.infof("debt paid: server=%s login=%s", attachment.server(), attachment.login());
    return true;
  }

  private Want want(ServerDebt owed, Attachment attachment, Word word) {
    var key = hands.key();
    return new Want(
        attachment,
        word,
        key.password(owed.service(), attachment),
        key.salt(owed.service(), attachment));
  }
}
