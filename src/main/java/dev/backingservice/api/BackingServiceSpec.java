package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an application team asks for. Editing `server` swaps.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "[has(self.postgresql), has(self.mysql), has(self.redis), has(self.rabbitmq), has(self.smtp), has(self.generic)].filter(x, x).size() == 1",
    message =
        "set exactly one of postgresql, mysql, redis, rabbitmq, smtp and generic: the block of the server's engine")
@ValidationRule(
    value =
        "has(self.postgresql) == has(oldSelf.postgresql) && has(self.mysql) == has(oldSelf.mysql) && has(self.redis) == has(oldSelf.redis) && has(self.rabbitmq) == has(oldSelf.rabbitmq) && has(self.smtp) == has(oldSelf.smtp) && has(self.generic) == has(oldSelf.generic)",
    message =
        "the engine of a service cannot change: create another BackingService for the other engine")
@ValidationRule(
    value = "!(has(self.smtp) || has(self.generic)) || !has(self.access)",
    message = "smtp and generic services have no access levels: remove spec.access")
@ValidationRule(
    value = "!has(self.failover) || self.failover.candidates.all(c, c != self.server)",
    message = "failover.candidates names spec.server itself: list only other servers")
public record BackingServiceSpec(
    @Required
        @Pattern(Texts.NAME)
        @Size(min = 1, max = Texts.NAME_MAX)
        @JsonPropertyDescription("Name of the BackingServer. Edit this to swap.")
        String server,
    @Default("Attached")
        @JsonPropertyDescription(
            "Attached (default), or Detached: withdraw the binding and fence its login.")
        @Nullable State state,
    @JsonPropertyDescription("What the workload may do; ReadWrite by default. Changes in place.")
        @Nullable AccessLevel access,
    @JsonPropertyDescription("Set for a PostgreSQL server.") @Nullable PostgresqlBlock postgresql,
    @JsonPropertyDescription("Set for a MySQL or MariaDB server.")
        EngineBlocks.@Nullable Mysql mysql,
    @JsonPropertyDescription("Set for a Redis or Valkey server.")
        EngineBlocks.@Nullable Redis redis,
    @JsonPropertyDescription("Set for a RabbitMQ server.") EngineBlocks.@Nullable Rabbitmq rabbitmq,
    @JsonPropertyDescription("Set for an SMTP server.") EngineBlocks.@Nullable Smtp smtp,
    @JsonPropertyDescription("Set for any other server, such as Kafka, MongoDB or an object store.")
        EngineBlocks.@Nullable Generic generic,
    @Default("{}") @JsonPropertyDescription("The Secret that carries the binding.")
        @Nullable BindingBlock binding,
    @Size(max = 32) @JsonPropertyDescription("Who gets the binding.")
        @Nullable List<WorkloadReference> workloads,
    @Default("{}") @JsonPropertyDescription("How the binding appears in the workloads.")
        @Nullable Inject inject,
    @Default("{}") @JsonPropertyDescription("How a swap treats the old server.")
        @Nullable SwapBlock swap,
    @JsonPropertyDescription(
            "Swap without an edit when the server stops accepting writes. Not supported yet.")
        @Nullable Failover failover,
    @JsonPropertyDescription(
            "How credentials are renewed: overlap is supported, every is not supported yet.")
        @Nullable Rotation rotation,
    @Default("{}") @JsonPropertyDescription("The client certificate.")
        @Nullable Certificate certificate,
    @Default("Retain")
        @JsonPropertyDescription(
            "Retain (default): remove the logins, keep database, objects and group roles. Delete: drop what the operator created for this service; a database that another service names, be it attached or not, stays.")
        @Nullable DeletionPolicy deletionPolicy) {

  /// Whether the service is attached.
  public enum State {
    Attached,
    Detached
  }

  /// The level of access, mapped to each engine's own privileges.
  public enum AccessLevel {
    ReadOnly,
    ReadWrite,
    Owner
  }

  /// What deletion leaves behind.
  public enum DeletionPolicy {
    Retain,
    Delete
  }

  /// Swap without an edit.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "!has(self.after) || (duration(self.after) >= duration('5s') && duration(self.after) <= duration('1h'))",
      message = "failover.after is between 5s and 1h")
  public record Failover(
      @Required
          @Size(min = 1, max = 8)
          @JsonPropertyDescription("Other servers than spec.server, tried in order.")
          List<@Size(min = 1, max = Texts.NAME_MAX) String> candidates,
      @Default("30s")
          @Pattern(Texts.DURATION)
          @Size(max = Texts.DURATION_MAX)
          @JsonPropertyDescription("Unwritable for this long; 5s to 1h.")
          @Nullable String after) {}

  /// Renew the password.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "!has(self.every) || (duration(self.every) >= duration('1h') && duration(self.every) <= duration('8760h'))",
      message = "rotation.every is between 1h and 8760h")
  @ValidationRule(
      value = "!has(self.overlap) || duration(self.overlap) <= duration('24h')",
      message = "rotation.overlap is at most 24h")
  public record Rotation(
      @Pattern(Texts.DURATION)
          @Size(max = Texts.DURATION_MAX)
          @JsonPropertyDescription("How often; none by default; 1h to 8760h.")
          @Nullable String every,
      @Default("5m")
          @Pattern(Texts.DURATION)
          @Size(max = Texts.DURATION_MAX)
          @JsonPropertyDescription("Both credentials work at least this long; 0s to 24h.")
          @Nullable String overlap) {}

  /// The client certificate.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "!has(self.duration) || (duration(self.duration) >= duration('1h') && duration(self.duration) <= duration('8760h'))",
      message = "certificate.duration is between 1h and 8760h")
  public record Certificate(
      @Default("2160h")
          @Pattern(Texts.DURATION)
          @Size(max = Texts.DURATION_MAX)
          @JsonPropertyDescription("Its life; renewed at two thirds; 1h to 8760h.")
          @Nullable String duration) {}
}
