package dev.backingservice.operator;

import dev.backingservice.api.BackingService;
import dev.backingservice.kube.Resources;
import dev.backingservice.kube.Versions;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// Each service as it is, as far as can be known without asking: what the watch has delivered, or
/// what this process has written since.
///
/// What people edit may be younger than either: every write is guarded by the version that was
/// read, and after one that was refused the resource is asked for. So it is where the watch lags
/// behind what was written or deleted before this process led, where versions cannot be compared,
/// in the middle of a swap, at a detachment, and at a deletion.
/// Versions of one resource are compared as numbers (Kubernetes, API concepts, resource versions).
@Singleton
class Latest {
  private static final int REMEMBERED = 1000;

  /// How many may be kept that the watch has delivered meanwhile.
  private static final int KEPT = 256;

  private final UnaryOperator<Optional<BackingService>> asking;
  private final Supplier<Versions> versions;

  /// By uid, until the watch has delivered it, or not much longer.
  private final Map<String, BackingService> written = new ConcurrentHashMap<>();

  private volatile int most = KEPT;
  private volatile Function<BackingService, Optional<BackingService>> delivered =
      _ -> Optional.empty();

  /// Uids of those that somebody else has changed since they were read.
  private final Set<String> outrun = ConcurrentHashMap.newKeySet();

  /// Uids of those that nothing of ours holds any more, the last ones.
  private final Set<String> gone = lastOnes();

  /// Uids of those that were not there when they were asked for, the last ones. They are asked for
  /// again: an API server that has just started may not know a kind.
  private final Set<String> absent = lastOnes();

  /// By uid, the versions that were there when this process began to lead, or were asked for since.
  private final Map<String, Long> inherited = new ConcurrentHashMap<>();

  /// When this process began to lead: what is no younger and was not there had been deleted.
  private volatile long led;

  @Inject
  Latest(Resources resources, Installation installation) {
    this(
        known -> known.flatMap(resources::fresh),
        () -> resources.versions(BackingService.class, installation.namespaces()));
  }

  /// @param asking reads a service past every cache
  /// @param versions of all services, past every cache
  Latest(UnaryOperator<Optional<BackingService>> asking, Supplier<Versions> versions) {
    this.asking = asking;
    this.versions = versions;
  }

  /// @param cache finds what the watch has delivered by now of a service
  void watched(Function<BackingService, Optional<BackingService>> cache) {
    delivered = cache;
  }

  /// This process leads from now on: what its watches delivered may be older than what the leader
  /// before it wrote.
  void lead() {
    inherited.clear();
    var there = versions.get();
    there.byUid().forEach((uid, version) -> number(version).ifPresent(n -> inherited.put(uid, n)));
    led = there.lists().stream().mapToLong(list -> number(list).orElse(0)).max().orElse(0);
  }

  /// @param cached what the watch has delivered
  /// @param doubtful whether one that is known has to be asked for all the same
  /// @return empty when it is gone
  Optional<BackingService> of(BackingService cached, Predicate<BackingService> doubtful) {
    var uid = cached.getMetadata().getUid();
    if (gone.contains(uid)) return Optional.empty();
    var known = known(cached, uid).filter(_ -> !missed(uid)).filter(doubtful.negate());
    return known.isPresent() ? known : asked(cached);
  }

  private boolean missed(String uid) {
    return outrun.contains(uid) || absent.contains(uid);
  }

  /// The same past every cache. What was answered counts from now on.
  Optional<BackingService> asked(BackingService cached) {
    var uid = cached.getMetadata().getUid();
    var fresh = asking.apply(Optional.of(cached)).filter(f -> uid.equals(f.getMetadata().getUid()));
    fresh.ifPresentOrElse(this::told, () -> absent.add(uid));
    return fresh;
  }

  private void told(BackingService fresh) {
    var uid = fresh.getMetadata().getUid();
    outrun.remove(uid);
    absent.remove(uid);
    inherited.put(uid, version(fresh).orElse(0));
    wrote(fresh);
  }

  private Optional<BackingService> known(BackingService cached, String uid) {
    var version = version(cached);
    if (version.isEmpty()) return Optional.empty();
    var ours = written.get(uid);
    var newest = newer(Optional.ofNullable(ours), newer(delivered(uid, cached), cached));
    if (ours != null && newest != ours) written.remove(uid);
    boolean stale = version(newest).orElse(0) < inherited.getOrDefault(uid, led + 1);
    return Optional.of(newest).filter(_ -> !stale);
  }

  /// The same service as the watch has delivered it by now.
  private Optional<BackingService> delivered(String uid, BackingService known) {
    return delivered.apply(known).filter(d -> uid.equals(d.getMetadata().getUid()));
  }

  private static BackingService newer(Optional<BackingService> one, BackingService other) {
    return one.filter(o -> version(o).orElse(0) > version(other).orElse(0)).orElse(other);
  }

  void wrote(BackingService resource) {
    written.put(resource.getMetadata().getUid(), resource);
    if (written.size() > most) forgetDelivered();
  }

  /// A service at rest is not looked at for a long time, and there may be thousands.
  private void forgetDelivered() {
    written.forEach(
        (uid, ours) ->
            delivered(uid, ours)
                .filter(d -> version(d).orElse(0) >= version(ours).orElse(0))
                .ifPresent(_ -> written.remove(uid, ours)));
    most = KEPT + 2 * written.size();
  }

  /// How many are kept.
  int kept() {
    return written.size();
  }

  /// A write was refused, because somebody was faster.
  void outrun(BackingService resource) {
    outrun.add(resource.getMetadata().getUid());
  }

  /// Nothing of ours holds it any more: the watch may deliver it for a while.
  void gone(BackingService resource) {
    var uid = resource.getMetadata().getUid();
    written.remove(uid);
    outrun.remove(uid);
    inherited.remove(uid);
    gone.add(uid);
  }

  private static Set<String> lastOnes() {
    return Collections.synchronizedSet(
        Collections.newSetFromMap(
            new LinkedHashMap<>() {
              @Override
              protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > REMEMBERED;
              }
            }));
  }

  private static OptionalLong version(BackingService resource) {
    return number(
        Optional.ofNullable(resource.getMetadata()).map(ObjectMeta::getResourceVersion).orElse(""));
  }

  private static OptionalLong number(String version) {
    try {
      return OptionalLong.of(Long.parseLong(version));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
