package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/// How a swap treats the old server.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.fenceTimeout) || (duration(self.fenceTimeout) >= duration('1s') && duration(self.fenceTimeout) <= duration('5m'))",
    message = "swap.fenceTimeout is between 1s and 5m")
@ValidationRule(
    value = "!has(self.unreachableFor) || duration(self.unreachableFor) <= duration('5m')",
    message = "swap.unreachableFor is at most 5m")
@ValidationRule(
    value = "!has(self.retainOld) || duration(self.retainOld) <= duration('8760h')",
    message = "swap.retainOld is at most 8760h")
public record SwapBlock(
    @Default("10s")
        @Pattern(Texts.DURATION)
        @Size(max = Texts.DURATION_MAX)
        @JsonPropertyDescription("How long old sessions may take to end; 1s to 5m.")
        @Nullable String fenceTimeout,
    @Default("Proceed")
        @JsonPropertyDescription("The old server does not answer: Proceed (default) or Wait.")
        @Nullable IfUnreachable ifUnreachable,
    @Default("2s")
        @Pattern(Texts.DURATION)
        @Size(max = Texts.DURATION_MAX)
        @JsonPropertyDescription(
            "How long the old server must have been silent, at every address, before that is believed; 0s to 5m.")
        @Nullable String unreachableFor,
    @Default("Abort")
        @JsonPropertyDescription(
            "The old server answers, but old sessions do not end in time: Abort (default) or Proceed.")
        @Nullable IfNotDrained ifNotDrained,
    @Default("24h")
        @Pattern(Texts.DURATION)
        @Size(max = Texts.DURATION_MAX)
        @JsonPropertyDescription("The old login is kept, locked, for this long.")
        @Nullable String retainOld,
    @Default("Never")
        @JsonPropertyDescription(
            "Never (default), or IfReplica: the target may still be a replica; it must have replayed everything before the cut (not supported yet).")
        @Nullable AwaitReplay awaitReplay,
    @Default("Compare")
        @JsonPropertyDescription(
            "PostgreSQL, where the new server follows the old one by logical replication: Compare (default) refuses the swap while sequences are behind there, or Advance sets them after the fence.")
        @Nullable Sequences sequences) {

  /// The old server does not answer.
  public enum IfUnreachable {
    Proceed,
    Wait
  }

  /// Old sessions do not end.
  public enum IfNotDrained {
    Abort,
    Proceed
  }

  /// What is done about sequences that are behind on the new server.
  public enum Sequences {
    Compare,
    Advance
  }

  /// Whether the target may still be a replica.
  public enum AwaitReplay {
    Never,
    IfReplica
  }
}
