package dev.backingservice.engine.mysql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Order;
import dev.backingservice.model.ServerText;
import dev.backingservice.model.Standing;
import dev.backingservice.model.Standing.Holds;
import dev.backingservice.model.Standing.Login;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;

/// What a server holds for one service: its marks, its sessions, and what each of its accounts says
/// of itself.
record Look(Registry registry) {
  private static final int MOST_HOLDERS = 3;

  private static final String SESSIONS = "SELECT user, host FROM %s WHERE user IN (%s) ORDER BY id";

  private record Session(String user, String host) {}

  Standing look(Sql sql, Order order, Set<String> names) throws SQLException, EngineException {
    var found = new HashMap<String, Login>();
    var known = registry.table(sql).find(names);
    if (known.isEmpty()) return new Standing(found);
    var sessions =
        sql.query(
            SESSIONS.formatted(sql.dialect().processes(), Sql.list(names)),
            row -> new Session(row.getString(1), row.getString(2)),
            Sql.values(names));
    for (var name : known.keySet()) {
      var mark = new LoginMark(known.get(name));
      if (!mark.field(Logins.KEPT).isEmpty()) continue;
      var theirs = sessions.stream().filter(s -> s.user.equals(name)).map(Session::host).toList();
      found.put(name, mark.login(holds(order, name, mark), theirs.size(), holders(theirs)));
    }
    return new Standing(found);
  }

  private static List<String> holders(List<String> hosts) {
    var holders = new ArrayList<String>();
    for (var host : hosts) {
      int port = host.lastIndexOf(':');
      var holder = "from " + ServerText.clean(port < 0 ? host : host.substring(0, port));
      if (holders.size() < MOST_HOLDERS && !holders.contains(holder)) holders.add(holder);
    }
    return holders;
  }

  private Holds holds(Order order, String name, LoginMark mark)
      throws SQLException, EngineException {
    if (!mark.belongsTo(order, registry.marks())) return Holds.Foreign;
    var account = new Account(registry, name, mark);
    return switch (account.look(order)) {
      case Account.Seen.In in -> holds(order, account, in);
      case Account.Seen.Full _ -> current(order, mark) ? Holds.Works : Holds.Differs;
      case Account.Seen.Locked _ -> Holds.Locked;
      case Account.Seen.Refused _ -> Holds.Differs;
    };
  }

  private Holds holds(Order order, Account account, Account.Seen.In in) {
    registry.foreign().saw(registry.server(), account.login(), in.grants().foreign());
    return in.exact()
            && in.grants().exactly(account.mark().access())
            && current(order, account.mark())
        ? Holds.Works
        : Holds.Differs;
  }

  private static boolean current(Order order, LoginMark mark) {
    return mark.superseded() == 0 && mark.uid().equals(order.service().uid());
  }
}
