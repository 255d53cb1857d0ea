package dev.backingservice.engine.redis;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Order;
import dev.backingservice.model.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The prefixes of keys and the namespaces that they belong to. Two prefixes of which one begins
/// with the other are one claim.
record Claims(Registry registry, Redis redis) {
  /// The prefix in the mark of a login.
  static final String PREFIX = "prefix";

  private static final String SUFFIX = "_claim";
  private static final String KIND = "kind";
  private static final String CLAIM = "claim";
  private static final int HEX = 16;

  /// Refuses whoever may not use a prefix that somebody claimed. A login stands for a claim that
  /// was lost.
  void check(Order order) throws EngineException {
    if (Acl.reserved(Acl.prefix(order.place())) || claims().stream().anyMatch(c -> taken(c, order)))
      throw taken(order);
    if (stands(order)) return;
    for (var user : users())
      if (user.login().map(LoginMark::fields).filter(m -> taken(m, order)).isPresent())
        throw taken(order);
  }

  /// Whether the claim of its namespace is there.
  boolean stands(Order order) throws EngineException {
    return AclUser.find(redis, registry.marks(), name(order))
        .flatMap(AclUser::mark)
        .filter(order::mayUse)
        .isPresent();
  }

  private static boolean taken(Map<String, String> claim, Order order) {
    return meets(claim, order) && !order.mayUse(claim);
  }

  /// What a login says of the claim that it stands on.
  static LoginMark mark(LoginMark mark, Order order) {
    return mark.with(PREFIX, Acl.prefix(order.place()))
        .with(Order.NAMESPACE, order.service().namespace())
        .with(Order.NAMESPACE_UID, order.namespaceUid());
  }

  /// Claims it for the namespace of the first service.
  void take(Order order) throws EngineException {
    check(order);
    if (stands(order)) return;
    Acl.close(
        redis,
        registry.marks(),
        name(order),
        Map.of(
            KIND,
            CLAIM,
            PREFIX,
            Acl.prefix(order.place()),
            Order.NAMESPACE,
            order.service().namespace(),
            Order.NAMESPACE_UID,
            order.namespaceUid()));
  }

  /// Gives it up when no other login uses it.
  void release(Order order) throws EngineException {
    for (var user : users()) if (user.login().filter(mark -> uses(mark, order)).isPresent()) return;
    var mine = AclUser.find(redis, registry.marks(), name(order)).flatMap(AclUser::mark);
    if (mine.filter(order::mayUse).isPresent()) Acl.delete(redis, name(order));
  }

  private static boolean uses(LoginMark mark, Order order) {
    return mark.field(PREFIX).equals(Acl.prefix(order.place()))
        && !mark.uid().equals(order.service().uid());
  }

  /// Nobody can look for a prefix whose claim has the name of another one's.
  private String name(Order order) {
    var hash = registry.marks().key().name(CLAIM, Acl.prefix(order.place()));
    return "bs_" + hash.substring(0, HEX) + SUFFIX;
  }

  private List<Map<String, String>> claims() throws EngineException {
    return accounts(SUFFIX).stream()
        .flatMap(account -> account.mark().stream())
        .filter(mark -> CLAIM.equals(mark.get(KIND)))
        .toList();
  }

  /// Every account of this operator.
  List<AclUser> users() throws EngineException {
    return accounts("");
  }

  private List<AclUser> accounts(String suffix) throws EngineException {
    var accounts = new ArrayList<AclUser>();
    for (var name : redis.texts("ACL", "USERS"))
      if (name.startsWith("bs_") && name.endsWith(suffix))
        AclUser.find(redis, registry.marks(), name).ifPresent(accounts::add);
    return accounts;
  }

  private static boolean meets(Map<String, String> claim, Order order) {
    var claimed = claim.getOrDefault(PREFIX, "");
    var wanted = Acl.prefix(order.place());
    return claimed.startsWith(wanted) || wanted.startsWith(claimed);
  }

  private static EngineException taken(Order order) {
    return EngineException.of(
        Reason.ServerNotAvailable,
        "keys with the prefix %s on %s belong to another namespace, or to one whose prefix begins so: name another prefix"
            .formatted(Acl.prefix(order.place()), order.place().server()));
  }
}
