package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the operator has seen of a server.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BackingServerStatus(
    @JsonPropertyDescription("The generation this status speaks about.")
        @Nullable Long observedGeneration,
    @Size(max = 16)
        @JsonPropertyDescription("Accepted, Reachable, Identified, Writable, Secure, Ready.")
        @Nullable List<Condition> conditions,
    @JsonPropertyDescription("Where workloads connect.") @Nullable Endpoint endpoint,
    @Size(max = 256) @JsonPropertyDescription("The server's version, as it says it.")
        @Nullable String version,
    @Size(max = 256)
        @JsonPropertyDescription(
            "The engine's own lineage; a physical copy has the same one (PostgreSQL: system identifier).")
        @Nullable String serverId,
    @Size(max = 256)
        @JsonPropertyDescription(
            "This running process (PostgreSQL: system identifier and postmaster start time).")
        @Nullable String instanceId,
    @Size(max = 64)
        @JsonPropertyDescription(
            "Grows at each promotion; last seen while the server accepted writes.")
        @Nullable String timeline,
    @Size(max = 32) @JsonPropertyDescription("Primary, Replica or Unknown.") @Nullable String role,
    @JsonPropertyDescription("What the connection is protected with.") @Nullable Tls tls,
    @Size(max = 64) @JsonPropertyDescription("Weaknesses, each with its remedy.")
        @Nullable List<Finding> findings,
    @JsonPropertyDescription("Services attached now.") @Nullable Integer attached,
    @JsonPropertyDescription("Fences pending on this server.") @Nullable Integer debts) {

  /// Where workloads connect.
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Endpoint(
      @Size(max = 253) @JsonPropertyDescription("Host.") String host,
      @JsonPropertyDescription("Port.") int port) {}

  /// The connection's protection.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Tls(
      @Size(max = 32) @JsonPropertyDescription("Protocol version.") @Nullable String protocol,
      @Size(max = 64) @JsonPropertyDescription("When the server's certificate begins.")
          @Nullable String notBefore,
      @Size(max = 64) @JsonPropertyDescription("When the server's certificate ends.")
          @Nullable String notAfter) {}

  /// One weakness.
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Finding(
      @Size(max = 64) @JsonPropertyDescription("Its fixed name, documented.") String id,
      @Size(max = 32) @JsonPropertyDescription("Critical or Warning.") String severity,
      @Size(max = 1024) @JsonPropertyDescription("What was seen.") String message,
      @Size(max = 1024) @JsonPropertyDescription("What heals it.") String remedy) {}
}
