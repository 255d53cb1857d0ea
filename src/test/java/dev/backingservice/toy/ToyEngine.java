package dev.backingservice.toy;

import dev.backingservice.engine.Defaults;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Material;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Term;
import dev.backingservice.engine.wire.Lane;
import dev.backingservice.engine.wire.LaneEngine;
import dev.backingservice.engine.wire.Lanes;
import dev.backingservice.model.Abilities;
import dev.backingservice.model.Access;
import dev.backingservice.model.Credential;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Sensitive;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/// The seventh engine.
public final class ToyEngine extends LaneEngine<ToyLine> {
  static final EngineKind KIND = new EngineKind("Toy");
  private final Marks marks;
  private final Term term;
  private final ReentrantLock lock = new ReentrantLock();

  public ToyEngine(RootKey key, Term term, int connectionsPerServer) {
    super(new Lanes<>(connectionsPerServer, System::nanoTime, ToyEngine::dial));
    this.marks = new Marks(key);
    this.term = term;
  }

  private static Lane.Dial<ToyLine> dial(Server server) {
    return () -> {
      try {
        return ToyLine.login(
            server,
            server.admin(),
            server.adminUser(),
            server.adminPassword(),
            Optional.empty(),
            Optional.empty());
      } catch (ToyLine.Refused e) {
        throw EngineException.of(
            Reason.AdminRefused, server.name() + " refuses the administrator: correct its Secret");
      }
    };
  }

  @Override
  public EngineKind kind() {
    return KIND;
  }

  @Override
  public Abilities abilities() {
    return new Abilities(
        EnumSet.allOf(Access.class),
        Abilities.Fence.Proven,
        Abilities.Accounts.PerServer,
        Abilities.Overlap.TwoLogins,
        Abilities.Refusal.Told);
  }

  @Override
  public Defaults defaults() {
    return new Defaults(4711, "", Map.of("TOY_URL", "uri"));
  }

  @Override
  protected Session session(Lane<ToyLine> lane, Lane.Loan<ToyLine> loan) {
    return new ToySession(lane, loan, marks, term, lock);
  }

  @Override
  public Entry knock(Server server, Order order, Credential credential) throws EngineException {
    var at = credential.attachment();
    ToyLine line;
    try {
      line =
          ToyLine.login(
              server,
              server.data(),
              at.login(),
              credential.password(),
              credential.certificate(),
              Optional.empty());
    } catch (ToyLine.Refused e) {
      var failure = new Failure(Reason.LoginRefused, server.name() + " refuses the login");
      return e.reason().equals("locked") ? new Entry.Locked(failure) : new Entry.Refused(failure);
    }
    try {
      line.ask("read", ToySession.prefix(at.place()) + "backingservice");
      return new Entry.LetIn(OptionalInt.empty(), line.attempt().anchor());
    } catch (ToyLine.Refused e) {
      return new Entry.Different(
          new Failure(Reason.PrivilegesIncomplete, "the login lacks rights on " + server.name()));
    } catch (IOException e) {
      throw EngineException.of(Reason.ServerUnreachable, server.name() + " breaks off");
    } finally {
      line.discard();
    }
  }

  @Override
  public SortedMap<String, Sensitive> entries(Place place, Material material) {
    var endpoint = material.server().data();
    return new TreeMap<>(
        Map.of(
            "type", new Sensitive("toy"),
            "host", new Sensitive(endpoint.host()),
            "port", new Sensitive(Integer.toString(endpoint.port())),
            "username", new Sensitive(material.username()),
            "password", material.password(),
            "prefix", new Sensitive(ToySession.prefix(place)),
            "uri", new Sensitive("toys://" + endpoint.authority())));
  }

  @Override
  public long calls() {
    return ToyLine.COMMANDS.sum();
  }
}
