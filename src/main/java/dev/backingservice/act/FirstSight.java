package dev.backingservice.act;

import dev.backingservice.engine.Directory;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Session;
import dev.backingservice.model.Identity;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/// The first look at a server that accepts writes: a physical copy brings the logins of its
/// original along, and whoever has their passwords could write here.
public final class FirstSight {
  private static final Logger LOG = Logger.getLogger(FirstSight.class);

  private final Directory directory;
  private final RandomGenerator random;

  public FirstSight(Directory directory, RandomGenerator random) {
    this.directory = directory;
    this.random = random;
  }

  /// Another name of the same lineage.
  ///
  /// @param instanceId what was last seen under it
  public record Relative(String name, String instanceId) {}

  /// Locks the logins that nobody holds here.
  ///
  /// @param relatives every other server of the same lineage
  /// @param held the logins that services hold on servers of these names
  public void greet(
      Session session,
      Newcomer newcomer,
      List<Relative> relatives,
      Function<Set<String>, Set<String>> held)
      throws EngineException {
    var names = new HashSet<>(Set.of(newcomer.name));
    for (var relative : relatives)
      if (same(session, newcomer.identity, relative)) names.add(relative.name);
    int locked = session.lockStrangers(held.apply(names));
    if (locked > 0)
      LOG.infof("logins that came with a copy locked: server=%s count=%d", newcomer.name, locked);
  }

  /// Who is looked at.
  public record Newcomer(String name, Identity identity) {}

  /// Another name of this very server: what is held there is held here.
  private boolean same(Session session, Identity identity, Relative relative) {
    var served = directory.find(relative.name);
    if (served.isEmpty()) return relative.instanceId.equals(identity.instanceId());
    try (var other = served.get().engine().open(served.get().server())) {
      return session.sameInstance(other, random.nextLong());
    } catch (EngineException e) {
      return relative.instanceId.equals(identity.instanceId());
    }
  }
}
