package dev.backingservice.engine;

import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Standing.Holds;
import dev.backingservice.model.Standing.Login;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the mark of a login says: for whom it was made, and what it was given.
public record LoginMark(Map<String, String> fields) {
  /// The mark of an account that has none of ours.
  public static final LoginMark NONE = new LoginMark(Map.of());

  private static final String KIND = "kind";
  private static final String LOGIN = "login";
  private static final String SERVICE = "service";
  private static final String SERVER = "server";
  private static final String UID = "uid";
  private static final String ACCESS = "access";
  private static final String EPOCH = "epoch";
  private static final String SUPERSEDED = "superseded";
  private static final String KEPT = "kept";

  public LoginMark {
    fields = Map.copyOf(fields);
  }

  /// The mark of a login that works.
  public static LoginMark of(Marks marks, Order order, Attachment at) {
    return new LoginMark(
        Map.of(
            KIND,
            LOGIN,
            SERVER,
            at.server(),
            SERVICE,
            marks.key().serviceHash(order.service()),
            UID,
            order.service().uid(),
            ACCESS,
            at.access().name(),
            EPOCH,
            Long.toString(at.epoch())));
  }

  /// The same with one more field.
  public LoginMark with(String name, String value) {
    var more = new TreeMap<>(fields);
    more.put(name, value);
    return new LoginMark(more);
  }

  /// The same, after an epoch took its place.
  public LoginMark superseded(long by) {
    return with(SUPERSEDED, Long.toString(by));
  }

  /// The same of a login that cannot be dropped.
  ///
  /// @param why as part of a sentence about the login
  public LoginMark kept(String why) {
    return with(KEPT, why);
  }

  /// Why it cannot be dropped; empty text where nobody tried to, or it could be.
  public String kept() {
    return field(KEPT);
  }

  /// Whether an account with this text in the place of a mark is a login of ours.
  public static boolean ofLogin(Marks marks, String account, @Nullable String text) {
    return marks.read(account, text).map(LoginMark::new).filter(LoginMark::ofLogin).isPresent();
  }

  /// Whether it is the mark of a login at all.
  public boolean ofLogin() {
    return LOGIN.equals(fields.get(KIND));
  }

  /// Whether it is that of a service, be it of an earlier object of the same name.
  public boolean belongsTo(Order order, Marks marks) {
    return ofLogin() && marks.key().serviceHash(order.service()).equals(fields.get(SERVICE));
  }

  public String uid() {
    return field(UID);
  }

  /// The name of the server that it was made for.
  public String server() {
    return field(SERVER);
  }

  /// The epoch that it was made for; 0 without one.
  public long epoch() {
    return number(EPOCH);
  }

  /// The epoch that took its place; 0 while none did.
  public long superseded() {
    return number(SUPERSEDED);
  }

  /// The rights it was given; those of an unknown level count as the most.
  public Access access() {
    var given = fields.getOrDefault(ACCESS, Access.ReadWrite.name());
    return Stream.of(Access.values())
        .filter(a -> a.name().equals(given))
        .findFirst()
        .orElse(Access.Owner);
  }

  /// A field; empty text without it.
  public String field(String name) {
    return fields.getOrDefault(name, "");
  }

  private long number(String name) {
    return Long.parseLong(fields.getOrDefault(name, "0"));
  }

  /// The epoch that its lock names: a lock only ever names a later one.
  public long lockedBy(long superseding) {
    return Math.max(superseded(), Math.max(superseding, epoch()));
  }

  /// Whoever was superseded stays locked, but for the undo of the very lock: an older credential
  /// never works again.
  ///
  /// @throws EngineException with `LoginRefused` when `want` would let in what was superseded
  public void refuseSuperseded(Want want) throws EngineException {
    long by = superseded();
    long wanted = want.attachment().epoch();
    boolean successor = wanted > by || (wanted == by && epoch() < by);
    if (by == 0 || by == want.superseding() || successor) return;
    throw EngineException.of(
        Reason.LoginRefused,
        "%s of epoch %d was superseded by epoch %d and is not let in again"
            .formatted(want.login(), wanted, by));
  }

  /// The login as the planner sees it.
  public Login login(Holds holds, int sessions, List<String> holders) {
    return new Login(holds, epoch(), superseded(), access(), uid(), server(), sessions, holders);
  }
}
