package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the operator has done and seen.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BackingServiceStatus(
    @JsonPropertyDescription("The generation this status speaks about.")
        @Nullable Long observedGeneration,
    @Size(max = 32)
        @JsonPropertyDescription(
            "A display word, a function of the conditions: Pending, Attached, Swapping, Detaching, Detached, Failing.")
        @Nullable String phase,
    @Size(max = 16) @JsonPropertyDescription("Each step, with its truth.")
        @Nullable List<Condition> conditions,
    @Size(max = 32) @JsonPropertyDescription("The level of access in force.")
        @Nullable String access,
    @JsonPropertyDescription("servicebinding.io Provisioned Service: the Secret to bind to.")
        @Nullable Binding binding,
    @JsonPropertyDescription("The attachment that the published binding names.")
        @Nullable Attachment active,
    @JsonPropertyDescription("The attachment before it, kept locked until the time named.")
        @Nullable Attachment previous,
    @Size(max = 16)
        @JsonPropertyDescription("Former attachments whose logins are still to be removed.")
        @Nullable List<Attachment> retained,
    @JsonPropertyDescription("The swap under way, or the last one.") @Nullable SwapProgress swap,
    @Size(max = 256) @JsonPropertyDescription("Fences that are pending.")
        @Nullable List<Debt> debts,
    @Size(max = 10) @JsonPropertyDescription("Epochs, newest first.")
        @Nullable List<HistoryEntry> history,
    @JsonPropertyDescription(
            "The epoch that a publication was tried with last; absent when the history has it.")
        @Nullable Long lastEpoch,
    @Size(max = 1024) @JsonPropertyDescription("Who carries the binding.")
        @Nullable List<WorkloadStatus> workloads,
    @JsonPropertyDescription("The client certificate in the binding.")
        @Nullable CertificateStatus certificate,
    @JsonPropertyDescription("How much the place held when last seen.")
        @Nullable Inventory inventory,
    @Size(max = 64) @JsonPropertyDescription("When the password is renewed next.")
        @Nullable String nextRotation,
    @Size(max = 253) @JsonPropertyDescription("The value of the rotate annotation last handled.")
        @Nullable String lastHandledRotate,
    @Size(max = 253) @JsonPropertyDescription("The value of the retry annotation last handled.")
        @Nullable String lastHandledRetry,
    @Size(max = 256)
        @JsonPropertyDescription(
            "Servers that may let an older login in and, since this status was lost or an older state was put back, have not answered or are standbys.")
        @Nullable List<String> unasked,
    @JsonPropertyDescription("How much of the lists did not fit; absent when all did.")
        @Nullable Omitted omitted) {

  /// Nothing was seen or done, as these conditions say.
  public static BackingServiceStatus of(@Nullable String phase, List<Condition> conditions) {
    return new BackingServiceStatus(
        null,
        phase,
        conditions,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  /// The same with other conditions.
  public BackingServiceStatus with(List<Condition> others) {
    return new BackingServiceStatus(
        observedGeneration,
        phase,
        others,
        access,
        binding,
        active,
        previous,
        retained,
        swap,
        debts,
        history,
        lastEpoch,
        workloads,
        certificate,
        inventory,
        nextRotation,
        lastHandledRotate,
        lastHandledRetry,
        unasked,
        omitted);
  }

  /// The Secret to bind to.
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Binding(
      @Size(max = 253) @JsonPropertyDescription("Name of the Secret.") String name) {}

  /// A login on a server.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Attachment(
      @Size(max = 253) @JsonPropertyDescription("The BackingServer.") String server,
      @Size(max = 256) @JsonPropertyDescription("Its lineage.") @Nullable String serverId,
      @Size(max = 63) @JsonPropertyDescription("The database.") @Nullable String database,
      @Size(max = 511) @JsonPropertyDescription("The schema; several with commas.")
          @Nullable String schema,
      @Size(max = 128) @JsonPropertyDescription("The prefix of its keys.")
          @Nullable String keyPrefix,
      @Size(max = 255) @JsonPropertyDescription("The virtual host.") @Nullable String vhost,
      @Size(max = 128) @JsonPropertyDescription("The prefix of its names.") @Nullable String prefix,
      @Size(max = 254) @JsonPropertyDescription("The sender's address.") @Nullable String sender,
      @Size(max = 253) @JsonPropertyDescription("The login.") String login,
      @Size(max = 32) @JsonPropertyDescription("The level of access it was given.")
          @Nullable String access,
      @JsonPropertyDescription("Counts published credentials, from 1.") long epoch,
      @Size(max = 64) @JsonPropertyDescription("Published at.") @Nullable String since,
      @Size(max = 64) @JsonPropertyDescription("Kept locked until.") @Nullable String until,
      @Size(max = 256)
          @JsonPropertyDescription("The process it was published on, or that was fenced.")
          @Nullable String instanceId,
      @Size(max = 256) @JsonPropertyDescription("Where the server's log ended at the fence.")
          @Nullable String position) {}

  /// A fence still owed to a server.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Debt(
      @Size(max = 253) @JsonPropertyDescription("The BackingServer.") String server,
      @Size(max = 256) @JsonPropertyDescription("Its lineage.") @Nullable String serverId,
      @Size(max = 63) @JsonPropertyDescription("The database.") @Nullable String database,
      @Size(max = 511) @JsonPropertyDescription("The schema; several with commas.")
          @Nullable String schema,
      @Size(max = 128) @JsonPropertyDescription("The prefix of its keys.")
          @Nullable String keyPrefix,
      @Size(max = 255) @JsonPropertyDescription("The virtual host.") @Nullable String vhost,
      @Size(max = 128) @JsonPropertyDescription("The prefix of its names.") @Nullable String prefix,
      @Size(max = 254) @JsonPropertyDescription("The sender's address.") @Nullable String sender,
      @Size(max = 253) @JsonPropertyDescription("The login that may still write there.")
          String login,
      @Size(max = 32) @JsonPropertyDescription("The level of access it was given.")
          @Nullable String access,
      @JsonPropertyDescription("The epoch of that login.") long epoch,
      @Size(max = 64) @JsonPropertyDescription("Pending since.") String since,
      @Size(max = 256) @JsonPropertyDescription("The process on which it is pending.")
          @Nullable String instanceId,
      @JsonPropertyDescription("Whether another process has taken the name of that process over.")
          @Nullable Boolean predecessor,
      @Size(max = 1024) @JsonPropertyDescription("Why, and what settles it.") String message) {}

  /// What did not fit.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Omitted(
      @JsonPropertyDescription("Workloads that are not listed.") @Nullable Integer workloads,
      @JsonPropertyDescription("Debts that are not listed; the binding Secret has them all.")
          @Nullable Integer debts) {}

  /// One published epoch.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record HistoryEntry(
      @JsonPropertyDescription("The epoch.") long epoch,
      @Size(max = 253) @JsonPropertyDescription("The BackingServer.") String server,
      @Size(max = 32)
          @JsonPropertyDescription(
              "Attached, Swapped, FailedOver, Replaced, Rotated, Repointed or Detached.")
          String reason,
      @Size(max = 64) @JsonPropertyDescription("When.") String at,
      @Size(max = 32) @JsonPropertyDescription("How the old server was fenced.")
          @Nullable String fence) {}

  /// One workload and its epoch.
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record WorkloadStatus(
      @Size(max = 32) @JsonPropertyDescription("Its kind.") String kind,
      @Size(max = 253) @JsonPropertyDescription("Its name.") String name,
      @JsonPropertyDescription("The epoch in its pod template.") long epoch,
      @JsonPropertyDescription("Whether every pod runs that epoch.") boolean rolledOut) {}

  /// The client certificate in the binding.
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record CertificateStatus(
      @Size(max = 64) @JsonPropertyDescription("Its end.") String notAfter) {}

  /// How much the place held.
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Inventory(
      @JsonPropertyDescription("Relations, tables, queues or keys.") int relations) {}
}
