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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a spec says in the block of its engine.
///
/// @param comparesContents whether a swap compares what the old and the new place hold
/// @param own keys of the binding, with placeholders
/// @param driver the client driver that URLs are written for; empty text for the usual one
record EngineBlock(
    Scope scope,
    Credentials credentials,
    Access access,
    Intent.Limits limits,
    Intent.CreateDatabase createDatabase,
    boolean comparesContents,
    Map<String, String> own,
    String driver) {
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
    var mysql = spec.mysql();
    if (mysql != null) return Optional.of(mysql(mysql, spec.access()));
    var redis = spec.redis();
    if (redis != null) return Optional.of(redis(redis, spec.access()));
    var rabbitmq = spec.rabbitmq();
    if (rabbitmq != null) return Optional.of(rabbitmq(rabbitmq, spec.access()));
    var smtp = spec.smtp();
    if (smtp != null) return Optional.of(smtp(smtp));
    return Optional.ofNullable(spec.generic()).map(EngineBlock::generic);
  }

  private static EngineBlock postgresql(PostgresqlBlock block, @Nullable AccessLevel access) {
    return new EngineBlock(
        new Scope.Schema(block.database(), schemas(block)),
        new Credentials.Derived(),
        access(access),
        new Intent.Limits(
            Objects.requireNonNullElse(block.connectionLimit(), CONNECTIONS),
            Durations.of(block.statementTimeout(), Duration.ZERO)),
        create(block.createDatabase()),
        true,
        Map.of(),
        "");
  }

  private static List<String> schemas(PostgresqlBlock block) {
    return block.schemas() == null || block.schemas().isEmpty()
        ? List.of(Objects.requireNonNullElse(block.schema(), "public"))
        : block.schemas();
  }

  private static EngineBlock mysql(EngineBlocks.Mysql block, @Nullable AccessLevel access) {
    var driver = Objects.requireNonNullElse(block.driver(), EngineBlocks.Mysql.Driver.MariaDB);
    return new EngineBlock(
        new Scope.Database(block.database()),
        new Credentials.Derived(),
        access(access),
        new Intent.Limits(
            Objects.requireNonNullElse(block.connectionLimit(), CONNECTIONS), Duration.ZERO),
        create(block.createDatabase()),
        true,
        Map.of(),
        driver == EngineBlocks.Mysql.Driver.MariaDB ? "" : driver.name());
  }

  private static EngineBlock redis(EngineBlocks.Redis block, @Nullable AccessLevel access) {
    return new EngineBlock(
        new Scope.Keys(block.keyPrefix()),
        new Credentials.Derived(),
        access(access),
        new Intent.Limits(1, Duration.ZERO),
        Intent.CreateDatabase.Never,
        block.contents() == EngineBlocks.Redis.Contents.Durable,
        Map.of(),
        "");
  }

  private static EngineBlock rabbitmq(EngineBlocks.Rabbitmq block, @Nullable AccessLevel access) {
    return new EngineBlock(
        new Scope.VirtualHost(Objects.requireNonNullElse(block.vhost(), "/"), block.prefix()),
        new Credentials.Derived(),
        access(access),
        new Intent.Limits(1, Duration.ZERO),
        Intent.CreateDatabase.Never,
        true,
        Map.of(),
        "");
  }

  private static EngineBlock smtp(EngineBlocks.Smtp block) {
    return new EngineBlock(
        new Scope.Sender(block.sender()),
        new Credentials.Given(block.credentialsSecretName()),
        Access.ReadWrite,
        new Intent.Limits(1, Duration.ZERO),
        Intent.CreateDatabase.Never,
        true,
        Map.of(),
        "");
  }

  private static Access access(@Nullable AccessLevel asked) {
    return Access.valueOf(Objects.requireNonNullElse(asked, AccessLevel.ReadWrite).name());
  }

  private static Intent.CreateDatabase create(PostgresqlBlock.@Nullable CreateDatabase asked) {
    return Intent.CreateDatabase.valueOf(
        Objects.requireNonNullElse(asked, PostgresqlBlock.CreateDatabase.Never).name());
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
        true,
        own,
        "");
  }
}
