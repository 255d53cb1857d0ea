package dev.backingservice.engine.rabbitmq;

import dev.backingservice.engine.EngineException;
import dev.backingservice.model.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Logins that came with the definitions of another broker.
record Strangers(Registry registry, Api api) {
  /// A broker hangs up after a number of requests, and an operation has its time.
  private static final int AT_ONCE = 40;

  /// Locks those that were made under other names than these, some at a time.
  ///
  /// @return how many were locked
  /// @throws EngineException when some are left: the next call goes on with them
  int lock(Set<String> names) throws EngineException {
    var strangers = find(names);
    var some = strangers.subList(0, Math.min(AT_ONCE, strangers.size()));
    if (some.isEmpty()) return 0;
    registry.change(
        api,
        () -> {
          for (var login : some) {
            var account = registry.account(api, login);
            if (account.isPresent()) new Logins(registry, api).lock(account.get(), 0);
          }
        });
    for (var login : some) new Logins(registry, api).kill(login);
    int left = strangers.size() - some.size();
    if (left == 0) return some.size();
    throw EngineException.of(
        Reason.Pending,
        "%d more logins that came with a copy have to be locked on %s: it goes on"
            .formatted(left, registry.server().name()));
  }

  /// Three lists, however many they are.
  private List<String> find(Set<String> names) throws EngineException {
    var open = new HashSet<String>();
    for (var permission : api.get("permissions")) open.add(Connections.text(permission, "user"));
    var foreign = new HashSet<String>();
    for (var parameter : api.get("global-parameters")) {
      var name = Connections.text(parameter, "name");
      registry
          .login(name, Connections.text(parameter, "value"))
          .filter(mark -> !names.contains(mark.server()))
          .ifPresent(_ -> foreign.add(name.substring(name.lastIndexOf('.') + 1)));
    }
    var strangers = new ArrayList<String>();
    for (var user : api.get("users?columns=name,tags,password_hash")) {
      var login = Connections.text(user, "name");
      boolean lets = open.contains(login) || !Connections.text(user, "password_hash").isEmpty();
      if (foreign.contains(login) && lets && Account.tags(user).contains(registry.tag(login)))
        strangers.add(login);
    }
    return strangers;
  }
}
