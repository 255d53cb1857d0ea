package dev.backingservice.engine.smtp;

import dev.backingservice.engine.Defaults;
import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Material;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.wire.Handshake;
import dev.backingservice.engine.wire.Outage;
import dev.backingservice.model.Abilities;
import dev.backingservice.model.Credential;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Sensitive;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;

/// A mail relay.
public final class SmtpEngine implements Engine {
  private static final Abilities ABILITIES =
      new Abilities(
          Set.of(),
          Abilities.Fence.NotSupported,
          Abilities.Accounts.Given,
          Abilities.Overlap.TwoLogins,
          Abilities.Refusal.Untold);
  private static final Defaults DEFAULTS = new Defaults(587, "", Map.of("SMTP_URL", "uri"));
  private final Map<Server, Outage> outages = new ConcurrentHashMap<>();

  /// Of each relay, the accounts that may send as anybody.
  private final Map<Server, Set<String>> foreignSenders = new ConcurrentHashMap<>();

  private final Refusals refusals = new Refusals(System::nanoTime);

  @Override
  public EngineKind kind() {
    return EngineKind.SMTP;
  }

  @Override
  public Abilities abilities() {
    return ABILITIES;
  }

  @Override
  public Defaults defaults() {
    return DEFAULTS;
  }

  @Override
  public Session open(Server server) throws EngineException {
    var outage = outages.computeIfAbsent(server, _ -> new Outage());
    return session(server, outage.tried(() -> look(server)));
  }

  @Override
  public Session openAfresh(Server server) throws EngineException {
    return session(server, look(server));
  }

  private Session session(Server server, SmtpSession.Seen seen) {
    return new SmtpSession(server, seen, !foreignSenders.getOrDefault(server, Set.of()).isEmpty());
  }

  private static SmtpSession.Seen look(Server server) throws EngineException {
    try (var opened = Connections.open(server, Optional.empty())) {
      return new SmtpSession.Seen(
          opened.greeting(), Handshake.seen(opened.attempt()), opened.authBeforeTls());
    }
  }

  @Override
  public Optional<Session> warm(Server server) {
    return Optional.empty();
  }

  @Override
  public Entry knock(Server server, Order order, Credential credential) throws EngineException {
    return refusals.of(server, order, credential, () -> tried(server, order, credential));
  }

  private Entry tried(Server server, Order order, Credential credential) throws EngineException {
    var result = new Knock(server, Sender.of(order.place()), credential).prove();
    var senders = foreignSenders.computeIfAbsent(server, _ -> ConcurrentHashMap.newKeySet());
    var login = credential.attachment().login();
    if (result.foreignSender()) senders.add(login);
    else senders.remove(login);
    return result.entry();
  }

  @Override
  public Optional<Failure> refusal(Place place) {
    return Sender.valid(place)
        ? Optional.empty()
        : Optional.of(
            new Failure(
                Reason.AccessNotSupported,
                "smtp.sender is the address of a mailbox and nothing else: write orders@example.org"));
  }

  @Override
  public SortedMap<String, Sensitive> entries(Place place, Material material) {
    return Entries.of(place, material);
  }

  @Override
  public Optional<String> anchor(Server server) {
    try {
      return look(server).tls().flatMap(Handshake.Seen::anchor);
    } catch (EngineException e) {
      return Optional.empty();
    }
  }

  @Override
  public void keep(Collection<Server> stillThere) {
    var known = Set.copyOf(stillThere);
    outages.keySet().retainAll(known);
    foreignSenders.keySet().retainAll(known);
    refusals.keep(known);
  }

  @Override
  public long calls() {
    return Smtp.COMMANDS.sum();
  }
}
