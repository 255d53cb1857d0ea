package dev.backingservice.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Place;
import dev.backingservice.model.Scope;
import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector;
import dev.backingservice.plan.Cause;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Memory;
import dev.backingservice.plan.Motion;
import dev.backingservice.plan.Swap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What is remembered in the status is read as it was written; words of another version are passed
/// over.
class MemoryTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
  private static final Attachment OLD = at("blue", "login_a", 1);
  private static final Attachment NEW = at("green", "login_b", 2);
  private static final FenceProof PROOF =
      new FenceProof(FenceProof.Result.Verified, "I1@1", "00/10", 4, OptionalLong.of(12), AT);
  private static final Motion MOTION =
      new Motion(
          Cause.Edit,
          Motion.FencePoint.BeforeCut,
          OLD,
          List.of(at("blue", "login_c", 3)),
          NEW,
          AT,
          2,
          Optional.of(at("red", "login_d", 4)),
          false);

  private static Attachment at(String server, String login, long epoch) {
    return new Attachment(
        new Place(server, new Scope.Schema("orders", "public")), "L", login, Access.Owner, epoch);
  }

  static Stream<Swap> swaps() {
    return Stream.of(
        new Swap.Settled(),
        new Swap.Prepare(MOTION, Optional.empty()),
        new Swap.Prepare(MOTION, Optional.of(PROOF)),
        new Swap.Fence(MOTION),
        new Swap.Cut(MOTION, PROOF),
        new Swap.Roll(MOTION, PROOF, AT),
        new Swap.Verify(MOTION, PROOF, AT),
        new Swap.Overlap(MOTION, PROOF, AT),
        new Swap.Retire(MOTION, PROOF, AT, AT.plusSeconds(1)),
        new Swap.Aborting(MOTION, Optional.empty(), "because"),
        new Swap.Aborting(MOTION, Optional.of(PROOF), "because"),
        new Swap.Aborted(MOTION, PROOF, "because", AT.plusSeconds(2)));
  }

  @ParameterizedTest
  @MethodSource("swaps")
  void aSwapIsReadAsItWasWritten(Swap swap) {
    assertThat(SwapCodec.read(SwapCodec.write(swap, Optional.empty()))).isEqualTo(swap);
  }

  @ParameterizedTest
  @EnumSource(Cause.class)
  void aCauseIsReadAsItWasWritten(Cause cause) {
    for (var point : Motion.FencePoint.values()) {
      var motion = new Motion(cause, point, OLD, List.of(), NEW, AT, 0, Optional.empty(), true);
      var swap = new Swap.Fence(motion);
      assertThat(SwapCodec.read(SwapCodec.write(swap, Optional.empty()))).isEqualTo(swap);
    }
  }

  @Test
  void theStatusSaysHowLongAnOverlapLastsAndWhereTheLogEndedAtTheCut() {
    var overlap = new Swap.Overlap(MOTION, PROOF, AT);
    var written = Objects.requireNonNull(SwapCodec.write(overlap, Optional.of(AT.plusSeconds(9))));
    var cutting =
        Objects.requireNonNull(SwapCodec.write(new Swap.Cut(MOTION, PROOF), Optional.empty()));

    assertThat(written.overlapUntil()).isEqualTo("2026-01-01T00:00:09Z");
    assertThat(written.cutPosition()).isEqualTo("00/10");
    assertThat(cutting.cutPosition()).isNull();
  }

  @Test
  void aPhaseOfAnotherVersionIsNoSwap() {
    var status = status("swap: {phase: Await, source: {login: x}, target: {login: y}}");

    assertThat(MemoryReader.read(status).swap()).isEqualTo(new Swap.Settled());
  }

  @Test
  void anUnknownWordIsReadAsTheMostCareful() {
    var status =
        status(
            "swap: {phase: Cut, cause: New, motion: New, fence: {result: New},"
                + " source: {server: a, login: x, epoch: 1, access: New},"
                + " target: {server: b, login: y, epoch: 2}}");
    var swap = (Swap.Cut) MemoryReader.read(status).swap();

    assertThat(swap.motion().cause()).isEqualTo(Cause.Edit);
    assertThat(swap.motion().fencePoint()).isEqualTo(Motion.FencePoint.BeforeCut);
    assertThat(swap.motion().from().access()).isEqualTo(Access.Owner);
    assertThat(swap.motion().to().access()).isEqualTo(Access.ReadWrite);
    assertThat(swap.proof().result()).isEqualTo(FenceProof.Result.Interrupted);
    assertThat(swap.proof().owes()).isTrue();
  }

  @Test
  void nothingIsRememberedWhereNothingIsWritten() {
    assertThat(MemoryReader.read(null)).isEqualTo(Memory.blank());
    assertThat(MemoryReader.read(status("{}"))).isEqualTo(Memory.blank());
  }

  @Test
  void everyFieldIsRead() {
    var memory =
        MemoryReader.read(
            status(
                """
                active: {server: blue, serverId: L, database: orders, schema: public, login: login_a, access: Owner, epoch: 1, since: "2026-01-01T00:00:00Z", instanceId: I1@1}
                retained:
                - {server: green, serverId: L, database: orders, schema: public, login: login_b, access: Owner, epoch: 2, until: "2026-01-01T00:00:00Z", instanceId: I2@1, position: 00/10}
                debts:
                - {server: blue, serverId: L, database: orders, schema: public, login: login_a, access: Owner, epoch: 1, since: "2026-01-01T00:00:00Z", instanceId: I1@1, message: owed}
                workloads:
                - {kind: Deployment, name: orders, epoch: 1, rolledOut: true}
                - {kind: Robot, name: other, epoch: 1, rolledOut: true}
                inventory: {relations: 7}
                history: [{epoch: 5, server: blue, reason: Swapped, at: x}]
                certificate: {notAfter: "2026-01-01T00:00:00Z"}
                conditions: [{type: Ready, status: "False", reason: Timeout, lastTransitionTime: "2026-01-01T00:00:00Z"}]
                lastHandledRetry: again
                unasked: [red]
                """));

    assertThat(memory.active()).contains(new Memory.Active(OLD, OLD.place(), AT, "I1@1"));
    assertThat(memory.retained()).containsExactly(new Memory.Retained(NEW, AT, "I2@1", "00/10"));
    assertThat(memory.debts()).hasSize(1);
    assertThat(memory.debts().getFirst().attachment()).isEqualTo(OLD);
    assertThat(memory.debts().getFirst().running()).isEqualTo("I1@1");
    assertThat(memory.debts().getFirst().since()).isEqualTo(AT);
    assertThat(memory.carriers())
        .containsExactly(new WorkloadKey(WorkloadSelector.Kind.Deployment, "orders"));
    assertThat(memory.held()).isEqualTo(OptionalInt.of(7));
    assertThat(memory.lastEpoch()).isEqualTo(5);
    assertThat(memory.certificateEnds()).contains(AT);
    assertThat(memory.unwellSince()).contains(AT);
    assertThat(memory.handledRetry()).isEqualTo("again");
    assertThat(memory.unasked()).containsExactly("red");
  }

  @Test
  void theGreaterOfBothEpochsCounts() {
    assertThat(MemoryReader.read(status("lastEpoch: 9")).lastEpoch()).isEqualTo(9);
    assertThat(
            MemoryReader.read(
                    status("{lastEpoch: 9, history: [{epoch: 11, server: a, reason: x, at: x}]}"))
                .lastEpoch())
        .isEqualTo(11);
  }

  @Test
  void aServiceIsUnwellSinceItIsNotReady() {
    var ready = "conditions: [{type: Ready, status: '%s', reason: x, lastTransitionTime: '%s'}]";

    assertThat(unwell(ready.formatted("True", AT))).isEmpty();
    assertThat(unwell(ready.formatted("Unknown", AT))).contains(AT);
    assertThat(unwell(ready.formatted("Unknown", Instant.EPOCH))).isEmpty();
    assertThat(unwell(ready.formatted("False", AT).replace("Ready", "Fenced"))).isEmpty();
  }

  private static Optional<Instant> unwell(String status) {
    return MemoryReader.read(status(status)).unwellSince();
  }

  @Test
  void timesThatNobodyCanReadAreTheBeginningOfTime() {
    assertThat(Times.read("yesterday")).isEqualTo(Instant.EPOCH);
    assertThat(Times.read(null)).isEqualTo(Instant.EPOCH);
    assertThat(Times.read("2026-01-01T00:00:00Z")).isEqualTo(AT);
    assertThat(Times.text(AT.plusMillis(999))).isEqualTo("2026-01-01T00:00:00Z");
  }

  @Test
  void whatExceedsTheSchemaIsCutAndCounted() {
    var many = new ArrayList<>(IntStream.range(0, 10).boxed().toList());

    assertThat(Bounds.list(many, 10)).hasSize(10);
    assertThat(Bounds.list(many, 9)).hasSize(9).endsWith(8);
    assertThat(Bounds.list(List.of(), 9)).isNull();
    assertThat(Bounds.omitted(many, 10)).isNull();
    assertThat(Bounds.omitted(many, 8)).isEqualTo(2);
    assertThat(Bounds.message("x".repeat(Bounds.MESSAGE))).hasSize(Bounds.MESSAGE).endsWith("x");
    assertThat(Bounds.message("x".repeat(Bounds.MESSAGE + 1)))
        .hasSize(Bounds.MESSAGE)
        .endsWith("x…");
  }

  private static BackingServiceStatus status(String text) {
    try {
      return YAML.readValue(text, BackingServiceStatus.class);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }
}
