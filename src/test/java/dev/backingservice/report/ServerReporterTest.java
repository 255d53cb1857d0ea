package dev.backingservice.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingServerStatus;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Place;
import dev.backingservice.model.Protection;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServerDebt;
import dev.backingservice.model.ServiceId;
import dev.backingservice.plan.ServerFacts;
import dev.backingservice.plan.ServerFacts.Recorded;
import dev.backingservice.plan.ServerFacts.Said;
import dev.backingservice.plan.ServerFacts.Seen;
import dev.backingservice.report.ServerReporter.Ties;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is told of a server.
class ServerReporterTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Failure DOWN = new Failure(Reason.Timeout, "blue does not answer");
  private static final Finding OPEN =
      new Finding(Finding.Id.AdminDatabaseOpen, "it is open", "close it");
  private static final Finding WEAK =
      new Finding(Finding.Id.TlsNotVerified, "it is weak", "verify it");

  private BackingServer resource = server("spec: {engine: PostgreSQL, host: blue.db}");
  private Recorded recorded = new Recorded("L1", "1");
  private Said said = new Said("", "");
  private List<Finding> findings = List.of();
  private Set<String> instances = Set.of();
  private Identity identity = identity("L1", Identity.Role.Primary);
  private List<ServerDebt> owed = List.of();

  private static BackingServer server(String... lines) {
    try {
      return YAML.readValue(
          "metadata: {name: blue, generation: 3}\n" + String.join("\n", lines),
          BackingServer.class);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static Identity identity(String lineage, Identity.Role role) {
    return new Identity(lineage, lineage + "/9", "1", "", role, "17.2");
  }

  private BackingServerStatus answers() {
    return report(
        new Seen.Answers(
            identity,
            identity,
            findings,
            Optional.of(new Protection("TLSv1.3", NOW, NOW.plusSeconds(9))),
            instances,
            new Endpoint("blue.db", 5432)));
  }

  private BackingServerStatus report(Seen seen) {
    var facts =
        new ServerFacts("blue", seen, recorded, said, owed, Optional.empty(), Set.of("blue"));
    return ServerReporter.report(resource, facts, new Ties(2, 1, 0), NOW);
  }

  private static String condition(BackingServerStatus status, String type) {
    return Objects.requireNonNull(status.conditions()).stream()
        .filter(c -> c.type().equals(type))
        .map(c -> c.status() + "/" + c.reason())
        .findFirst()
        .orElse("none");
  }

  private static String message(BackingServerStatus status, String type) {
    return Objects.requireNonNull(status.conditions()).stream()
        .filter(c -> c.type().equals(type))
        .map(c -> c.message())
        .findFirst()
        .orElse("none");
  }

  @Test
  void everythingThatWasSeenIsTold() {
    findings = List.of(OPEN);

    var status = answers();

    for (var type : List.of("Accepted", "Reachable", "Identified", "Writable", "Secure", "Ready"))
      assertThat(condition(status, type)).isEqualTo("True/" + type);
    assertThat(status.observedGeneration()).isEqualTo(3);
    assertThat(status.endpoint()).isEqualTo(new BackingServerStatus.Endpoint("blue.db", 5432));
    assertThat(status.version()).isEqualTo("17.2");
    assertThat(status.serverId()).isEqualTo("L1");
    assertThat(status.instanceId()).isEqualTo("L1/9");
    assertThat(status.timeline()).isEqualTo("1");
    assertThat(status.role()).isEqualTo("Primary");
    assertThat(status.tls())
        .isEqualTo(
            new BackingServerStatus.Tls("TLSv1.3", "2026-01-01T00:00:00Z", "2026-01-01T00:00:09Z"));
    assertThat(status.findings())
        .containsExactly(
            new BackingServerStatus.Finding(
                "AdminDatabaseOpen", "Warning", "it is open", "close it"));
    assertThat(status.attached()).isEqualTo(2);
    assertThat(status.debts()).isEqualTo(1);
  }

  @Test
  void whatIsKnownOfAServerStaysWhileItDoesNotAnswer() {
    resource.setStatus(answers());

    var status = report(new Seen.Troubled(DOWN));

    assertThat(condition(status, "Reachable")).isEqualTo("False/Timeout");
    assertThat(condition(status, "Ready")).isEqualTo("False/Timeout");
    for (var type : List.of("Identified", "Writable", "Secure"))
      assertThat(condition(status, type)).isEqualTo("Unknown/Pending");
    assertThat(condition(status, "Accepted")).isEqualTo("True/Accepted");
    assertThat(status.serverId()).isEqualTo("L1");
    assertThat(status.role()).isEqualTo("Unknown");
    assertThat(status.attached()).isEqualTo(2);
    assertThat(ServerReporter.unreachableSince(status)).isEqualTo(NOW);
    assertThat(ServerReporter.unreachableSince(answers())).isEqualTo(Instant.MAX);
  }

  @Test
  void aServerThatWasNeverSeenIsToldToo() {
    var status = report(new Seen.Troubled(DOWN));

    assertThat(condition(status, "Reachable")).isEqualTo("False/Timeout");
    assertThat(status.serverId()).isNull();
    assertThat(status.observedGeneration()).isEqualTo(3);
  }

  @Test
  void anotherServerUnderTheNameIsNotIdentified() {
    resource.setStatus(answers());
    identity = identity("L2", Identity.Role.Primary);

    var status = answers();
    assertThat(condition(status, "Identified")).isEqualTo("False/IdentityChanged");
    assertThat(condition(status, "Ready")).isEqualTo("False/IdentityChanged");
    assertThat(message(status, "Identified")).contains("accept-identity: \"L2\"");
    assertThat(status.serverId()).isEqualTo("L1");

    said = new Said("L2", "");
    assertThat(condition(answers(), "Identified")).isEqualTo("True/Identified");
    assertThat(answers().serverId()).isEqualTo("L2");
  }

  @Test
  void severalServersBehindOneNameAreNotIdentified() {
    instances = Set.of("B", "A");
    assertThat(condition(answers(), "Identified")).isEqualTo("False/SeveralInstances");
    assertThat(message(answers(), "Identified")).contains("2 running servers").contains("(A, B)");

    instances = Set.of("A");
    assertThat(condition(answers(), "Identified")).isEqualTo("True/Identified");
  }

  @Test
  void aStandbyIsReadyAndTheTimelineOfThePrimaryStays() {
    resource.setStatus(answers());
    identity = new Identity("L1", "I", "7", "", Identity.Role.Replica, "17");

    var status = answers();

    assertThat(condition(status, "Writable")).isEqualTo("False/InRecovery");
    assertThat(condition(status, "Ready")).isEqualTo("True/Ready");
    assertThat(status.timeline()).isEqualTo("1");
    assertThat(status.role()).isEqualTo("Replica");
  }

  @ParameterizedTest
  @CsvSource({"Critical, false, true", "Warning, false, false", "Nothing, true, true"})
  void findingsRefuseAsThePlatformTeamSays(String refuse, boolean critical, boolean warning) {
    resource =
        server("spec: {engine: PostgreSQL, host: blue.db, posture: {refuse: " + refuse + "}}");

    findings = List.of(OPEN, WEAK);
    assertThat(condition(answers(), "Secure").startsWith("True")).isEqualTo(critical);

    findings = List.of(OPEN);
    assertThat(condition(answers(), "Secure").startsWith("True")).isEqualTo(warning);
  }

  @Test
  void theFirstFindingThatRefusesIsToldWithItsRemedy() {
    findings = List.of(OPEN, WEAK);

    assertThat(condition(answers(), "Secure")).isEqualTo("False/PostureRefused");
    assertThat(message(answers(), "Secure")).isEqualTo("TlsNotVerified: it is weak; verify it");
  }

  @Test
  void whatIsNotServedIsNotAccepted() {
    var failure = new Failure(Reason.EngineNotSupported, "not yet");
    assertThat(condition(report(new Seen.Troubled(failure)), "Accepted"))
        .isEqualTo("False/EngineNotSupported");

    resource = server("spec: {engine: PostgreSQL, host: blue.db, replacedBy: green}");
    assertThat(condition(answers(), "Accepted")).isEqualTo("False/NotYetSupported");
    assertThat(message(answers(), "Accepted")).endsWith("spec.server of each service to green");
  }

  @Test
  void aServerThatIsBeingDeletedSaysWhatItWaitsFor() {
    resource.setStatus(answers());
    resource.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");

    assertThat(condition(answers(), "Accepted")).isEqualTo("False/Terminating");
    assertThat(message(answers(), "Accepted"))
        .contains("2 services attached, 1 fences owed")
        .endsWith("backingservice.dev/gone: \"L1\"");

    owed = List.of(debt(), debt().ofPredecessor());
    assertThat(message(answers(), "Accepted")).endsWith("backingservice.dev/gone: \"L1/7\"");

    assertThat(new Ties(0, 0, 0).none()).isTrue();
    assertThat(new Ties(1, 0, 0).none()).isFalse();
    assertThat(new Ties(0, 1, 0).none()).isFalse();
    assertThat(new Ties(0, 0, 1).none()).isFalse();
  }

  private static ServerDebt debt() {
    var place = new Place("blue", new Scope.Schema("orders", "public"));
    var at = new Attachment(place, "L1", "login_a", Access.ReadWrite, 1);
    return new ServerDebt(
        new ServiceId("shop", "orders-db", "uid"), new Debt(at, Instant.EPOCH, "L1/7@1", "owed"));
  }

  @Test
  void whatChangesIsToldByEvents() {
    var well = answers();
    var down = report(new Seen.Troubled(DOWN));

    assertThat(ServerNotices.of(null, well)).isEmpty();
    assertThat(ServerNotices.of(well, well)).isEmpty();
    assertThat(ServerNotices.of(null, down))
        .containsExactly(Notice.warning("Timeout", "blue does not answer"));
    assertThat(ServerNotices.of(well, down))
        .containsExactly(Notice.warning("Timeout", "blue does not answer"));
    assertThat(ServerNotices.of(down, down)).isEmpty();
    assertThat(ServerNotices.of(down, well))
        .extracting(Notice::reason)
        .containsExactly("Reachable", "Identified", "Secure");
  }
}
