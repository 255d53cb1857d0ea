package dev.backingservice.observe;

import dev.backingservice.api.BackingServiceSpec;
import dev.backingservice.api.BackingServiceSpec.AccessLevel;
import dev.backingservice.api.EngineBlocks;
import dev.backingservice.api.PostgresqlBlock;
import dev.backingservice.model.Access;
import dev.backingservice.model.Credentials;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Scope;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a spec says in the block of its engine.
///
/// @param own keys of the binding, with placeholders
record EngineBlock(
    Scope scope,
    Credentials credentials,
    Access access,
    Intent.Limits limits,
    Intent.CreateDatabase createDatabase,
    Map<String, String> own) {
  private static final int CONNECTIONS = 20;

  EngineBlock {
    own = Map.copyOf(own);
  }

  /// The engine whose block a spec has; empty when it has none.
  static Optional<EngineKind> kind(BackingServiceSpec spec) {
    if (spec.postgresql() != null) return Optional.of(EngineKind.PostgreSQL);
    if (spec.mysql() != null) return Optional.of(EngineKind.MySQL);
    if (spec.redis() != null) return Optional.of(EngineKind.Redis);
    if (spec.rabbitmq() != null) return Optional.of(EngineKind.RabbitMQ);
    if (spec.smtp() != null) return Optional.of(EngineKind.SMTP);
    return spec.generic() != null ? Optional.of(EngineKind.Generic) : Optional.empty();
  }

  /// Empty for an engine that is not served yet.
  static Optional<EngineBlock> read(BackingServiceSpec spec) {
    var postgresql = spec.postgresql();
    if (postgresql != null) return Optional.of(postgresql(postgresql, spec.access()));
    return Optional.ofNullable(spec.generic()).map(EngineBlock::generic);
  }

  private static EngineBlock postgresql(PostgresqlBlock block, @Nullable AccessLevel access) {
    return new EngineBlock(
        new Scope.Schema(block.database(), Objects.requireNonNullElse(block.schema(), "public")),
        new Credentials.Derived(),
        Access.valueOf(Objects.requireNonNullElse(access, AccessLevel.ReadWrite).name()),
        new Intent.Limits(
            Objects.requireNonNullElse(block.connectionLimit(), CONNECTIONS),
            Durations.of(block.statementTimeout(), Duration.ZERO)),
        Intent.CreateDatabase.valueOf(
            Objects.requireNonNullElse(block.createDatabase(), PostgresqlBlock.CreateDatabase.Never)
                .name()),
        Map.of());
  }

  /// The provider decides what the account may do.
  private static EngineBlock generic(EngineBlocks.Generic block) {
    var own = new HashMap<>(Objects.requireNonNullElse(block.entries(), Map.<String, String>of()));
    own.put("type", block.type());
    var secret = block.credentialsSecretName();
    return new EngineBlock(
        new Scope.Whole(),
        secret == null ? new Credentials.None() : new Credentials.Given(secret),
        Access.ReadWrite,
        new Intent.Limits(1, Duration.ZERO),
        Intent.CreateDatabase.Never,
        own);
  }
}
