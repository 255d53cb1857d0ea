package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How far a swap is. Recorded before the side effects of its phase.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SwapProgress(
    @Size(max = 253) @JsonPropertyDescription("The server that is left.") String from,
    @Size(max = 253) @JsonPropertyDescription("The server that is attached.") String to,
    @Size(max = 32)
        @JsonPropertyDescription("Prepare, Fence, Cut, Roll, Verify, Overlap, Retire or Aborting.")
        String phase,
    @Size(max = 32)
        @JsonPropertyDescription(
            "Why: Edit, Rotation, Repoint, Reshape, HostMoved, Failover, ReplacedBy or Return.")
        @Nullable String cause,
    @Size(max = 32)
        @JsonPropertyDescription(
            "Where the fence stands. BeforeCut: the old server is fenced before the binding switches; AfterOverlap: both logins work until everybody has moved; BeforePrepare: the old server is fenced first of all.")
        @Nullable String motion,
    @JsonPropertyDescription("The attachment that is left.")
        BackingServiceStatus.@Nullable Attachment source,
    @Size(max = 8) @JsonPropertyDescription("Older attachments that still worked when it began.")
        @Nullable List<BackingServiceStatus.Attachment> alongside,
    @JsonPropertyDescription("The attachment being prepared.")
        BackingServiceStatus.@Nullable Attachment target,
    @JsonPropertyDescription("The target of an edit that failed and waits until this is done.")
        BackingServiceStatus.@Nullable Attachment postponed,
    @Size(max = 64) @JsonPropertyDescription("When the edit was taken up.") String startedAt,
    @JsonPropertyDescription("What the fence found.") @Nullable FenceProgress fence,
    @Size(max = 64) @JsonPropertyDescription("When the binding switched.") @Nullable String cutAt,
    @Size(max = 256)
        @JsonPropertyDescription("Where the old server's log ended when it was fenced.")
        @Nullable String cutPosition,
    @Size(max = 64)
        @JsonPropertyDescription(
            "Both logins work until then at least, and until the old one has no session.")
        @Nullable String overlapUntil,
    @Size(max = 64) @JsonPropertyDescription("When every workload ran on the new server.")
        @Nullable String completedAt,
    @JsonPropertyDescription("Times this edit was aborted.") @Nullable Integer attempts,
    @JsonPropertyDescription(
            "False while the old server could not be asked when the edit was taken up: the edit is checked anew when it takes writes before the cut.")
        @Nullable Boolean compared,
    @Size(max = 64) @JsonPropertyDescription("When it was aborted last.")
        @Nullable String abortedAt,
    @Size(max = 1024) @JsonPropertyDescription("Why it was aborted.") @Nullable String message) {

  /// What the fence found on the old server.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record FenceProgress(
      @Size(max = 32)
          @JsonPropertyDescription(
              "Verified, ReadOnly, Unreachable, SessionsRemain or NotSupported; NotNeeded while both logins work.")
          @Nullable String result,
      @JsonPropertyDescription("Sessions the operator ended.") @Nullable Integer sessionsEnded,
      @Size(max = 64) @JsonPropertyDescription("When.") @Nullable String at,
      @Size(max = 256) @JsonPropertyDescription("The process that was fenced.")
          @Nullable String instanceId,
      @Size(max = 256) @JsonPropertyDescription("Where its log ended.") @Nullable String position,
      @JsonPropertyDescription(
              "Messages that stay in the queues of the old server, as it last counted them.")
          @Nullable Long messagesLeft) {}
}
