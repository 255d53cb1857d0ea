package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/// How far a swap is. Recorded before the side effects of its phase.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SwapProgress(
    @Size(max = 253) @JsonPropertyDescription("The server that is left.") String from,
    @Size(max = 253) @JsonPropertyDescription("The server that is attached.") String to,
    @Size(max = 32)
        @JsonPropertyDescription(
            "Preflight, Prepare, Fence, Cut, Roll, Verify, Retire or Aborting.")
        String phase,
    @Size(max = 32)
        @JsonPropertyDescription(
            "Swap: the old server is fenced before the cut; Repoint: both logins work until everybody has moved.")
        @Nullable String motion,
    @JsonPropertyDescription("The attachment that is left.")
        BackingServiceStatus.@Nullable Attachment source,
    @JsonPropertyDescription("The attachment being prepared.")
        BackingServiceStatus.@Nullable Attachment target,
    @Size(max = 64) @JsonPropertyDescription("When the edit was taken up.") String startedAt,
    @JsonPropertyDescription("What the fence found.") @Nullable FenceProgress fence,
    @Size(max = 64) @JsonPropertyDescription("When the binding switched.") @Nullable String cutAt,
    @Size(max = 64) @JsonPropertyDescription("When every workload ran on the new server.")
        @Nullable String completedAt,
    @JsonPropertyDescription("Times this edit was aborted.") @Nullable Integer attempts,
    @Size(max = 64) @JsonPropertyDescription("When it was aborted last.")
        @Nullable String abortedAt,
    @Size(max = 1024) @JsonPropertyDescription("Why it was aborted.") @Nullable String message) {

  /// What the fence found on the old server.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record FenceProgress(
      @Size(max = 32) @JsonPropertyDescription("Verified, ReadOnly, Unreachable or NotSupported.")
          @Nullable String result,
      @JsonPropertyDescription("Sessions the operator ended.") @Nullable Integer sessionsEnded,
      @Size(max = 64) @JsonPropertyDescription("When.") @Nullable String at,
      @Size(max = 256) @JsonPropertyDescription("The process that was fenced.")
          @Nullable String instanceId) {}
}
