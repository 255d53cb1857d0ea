package dev.backingservice.engine;

import dev.backingservice.model.EngineKind;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The engines that this operator serves.
public final class Engines {
  private final Map<EngineKind, Engine> byKind;

  public Engines(List<Engine> engines) {
    this.byKind = engines.stream().collect(Collectors.toMap(Engine::kind, Function.identity()));
  }

  public Optional<Engine> find(EngineKind kind) {
    return Optional.ofNullable(byKind.get(kind));
  }

  /// What is served, as people read it.
  public String names() {
    return byKind.keySet().stream()
        .sorted()
        .map(EngineKind::name)
        .collect(Collectors.joining(" and "));
  }

  /// Requests and statements sent by this process.
  public long calls() {
    return byKind.values().stream().mapToLong(Engine::calls).sum();
  }

  /// Forgets connections to servers that nobody knows any more.
  public void keep(Collection<Directory.Served> known) {
    for (var engine : byKind.values())
      engine.keep(
          known.stream()
              .filter(s -> s.engine() == engine && s.withdrawn().isEmpty())
              .map(Directory.Served::server)
              .flatMap(s -> Stream.concat(Stream.of(s), s.primary().stream()))
              .toList());
  }
}
