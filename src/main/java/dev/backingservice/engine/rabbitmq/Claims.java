package dev.backingservice.engine.rabbitmq;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Urls;
import dev.backingservice.model.Reason;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The prefixes of names in a virtual host and the namespaces that they belong to: one parameter
/// for each virtual host. Two prefixes of which one begins with the other are one claim.
record Claims(Registry registry, Api api) {
  private static final String PREFIX = "prefix:";
  private static final String HOST = "vhost:";
  private static final String SEPARATOR = "/";
  private static final int HEX = 16;

  /// Refuses whoever may not use a prefix that somebody claimed. A login stands for a claim that
  /// was lost.
  void check(Order order) throws EngineException {
    new Vhosts(api).require(order.place());
    check(order, claims(order));
  }

  private void check(Order order, Map<String, Map<String, String>> claims) throws EngineException {
    var prefix = prefix(order);
    if (Permission.reserved(prefix)) throw taken(order);
    for (var claim : claims.entrySet())
      if (meets(claim.getKey(), prefix) && !order.mayUse(claim.getValue())) throw taken(order);
    if (!stands(order, claims) && users(order).stream().anyMatch(m -> !order.mayUse(m.fields())))
      throw taken(order);
  }

  /// Whether the claim of its namespace is there.
  boolean stands(Order order) throws EngineException {
    return stands(order, claims(order));
  }

  private static boolean stands(Order order, Map<String, Map<String, String>> claims) {
    var claim = claims.get(prefix(order));
    return claim != null && order.mayUse(claim);
  }

  /// What a login says of the claim that it stands on.
  static LoginMark mark(LoginMark mark, Order order) {
    return mark.with(Order.NAMESPACE, order.service().namespace())
        .with(Order.NAMESPACE_UID, order.namespaceUid());
  }

  /// Claims it for the namespace of the first service, in a virtual host that is there.
  void take(Order order) throws EngineException {
    var claims = claims(order);
    check(order, claims);
    if (stands(order, claims)) return;
    claims.put(prefix(order), order.claimant());
    write(order, claims);
  }

  /// Gives it up when no other login uses it.
  void release(Order order) throws EngineException {
    for (var mark : users(order)) if (!mark.uid().equals(order.service().uid())) return;
    var claims = claims(order);
    if (!stands(order, claims)) return;
    claims.remove(prefix(order));
    write(order, claims);
  }

  /// The virtual hosts in which several namespaces have a prefix: whoever may send there, may send
  /// to all of it.
  Set<String> shared() throws EngineException {
    var hosts = new HashSet<String>();
    for (var field : registry.read(api, sharedName()).orElse(Map.of()).keySet())
      if (field.startsWith(HOST)) hosts.add(field.substring(HOST.length()));
    return hosts;
  }

  private Map<String, Map<String, String>> claims(Order order) throws EngineException {
    var claims = new TreeMap<String, Map<String, String>>();
    for (var field : registry.read(api, name(order)).orElse(Map.of()).entrySet())
      if (field.getKey().startsWith(PREFIX))
        claims.put(field.getKey().substring(PREFIX.length()), claimant(field.getValue()));
    return claims;
  }

  private void write(Order order, Map<String, Map<String, String>> claims) throws EngineException {
    var fields = new TreeMap<String, String>();
    var namespaces = new HashSet<String>();
    claims.forEach(
        (prefix, claimant) -> {
          fields.put(PREFIX + prefix, text(claimant));
          namespaces.add(text(claimant));
        });
    share(Permission.host(order.place()).name(), namespaces.size() > 1);
    if (fields.isEmpty()) registry.remove(api, name(order));
    else registry.write(api, name(order), fields);
  }

  private void share(String host, boolean shared) throws EngineException {
    var hosts = shared();
    if (shared ? !hosts.add(host) : !hosts.remove(host)) return;
    var fields = new TreeMap<String, String>();
    for (var one : hosts) fields.put(HOST + one, "");
    registry.write(api, sharedName(), fields);
  }

  private static String text(Map<String, String> claimant) {
    return claimant.get(Order.NAMESPACE) + SEPARATOR + claimant.get(Order.NAMESPACE_UID);
  }

  private static Map<String, String> claimant(String text) {
    var parts = text.split(SEPARATOR, 2);
    return Map.of(Order.NAMESPACE, parts[0], Order.NAMESPACE_UID, parts.length < 2 ? "" : parts[1]);
  }

  /// The marks of logins that may use the same names. One without a mark of ours is somebody
  /// else's, such as another operator's.
  private Set<LoginMark> users(Order order) throws EngineException {
    var host = Urls.encoded(Permission.host(order.place()).name());
    var marks = new HashSet<LoginMark>();
    var permissions = api.find("vhosts/" + host + "/permissions");
    if (permissions.isEmpty()) return marks;
    for (var found : permissions.get()) {
      var login = Connections.text(found, "user");
      boolean same = Permission.of(found).prefix().filter(p -> meets(p, prefix(order))).isPresent();
      if (!login.startsWith("bs_") || !same) continue;
      registry.account(api, login).map(Account::mark).ifPresent(marks::add);
    }
    return marks;
  }

  private static boolean meets(String one, String other) {
    return one.startsWith(other) || other.startsWith(one);
  }

  private static String prefix(Order order) {
    return Permission.host(order.place()).prefix();
  }

  private String name(Order order) {
    var host = registry.marks().key().name("vhost", Permission.host(order.place()).name());
    return "backingservice.claims.%s.%s"
        .formatted(registry.marks().instance(), host.substring(0, HEX));
  }

  private String sharedName() {
    return "backingservice.shared." + registry.marks().instance();
  }

  private static EngineException taken(Order order) {
    return EngineException.of(
        Reason.ServerNotAvailable,
        "%s on %s belong to another namespace, to one whose prefix begins so, or to the broker itself: choose another prefix"
            .formatted(order.place().scope(), order.place().server()));
  }
}
