package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backingservice.sandbox.Postgres;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Edits that are no swap, and edits at awkward moments.
class ChangeIT {
  @Test
  void accessChangesInPlace() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "access: ReadOnly");
    assertThat(writes(stage, blue)).isFalse();

    // When
    stage.patch("{\"spec\":{\"access\":\"ReadWrite\"}}");

    // Then
    stage.eventually(() -> assertThat(stage.status().access()).isEqualTo("ReadWrite"));
    stage.eventually(() -> assertThat(writes(stage, blue)).isTrue());
    stage.eventually("Ready", "True/Ready");
    assertThat(stage.status().active().epoch()).isEqualTo(1);
  }

  @Test
  void anotherMountPathIsANewEpochOnTheSameServer() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    stage.attached(
        stage.blue,
        "swap: {retainOld: 0s}, rotation: {overlap: 0s}, workloads: [{kind: Deployment, name: orders}]");
    var login = stage.bound("username");
    try (var session = stage.session(blue)) {
      // When
      stage.patch("{\"spec\":{\"inject\":{\"mountPath\":\"/run/bindings\"}}}");

      // Then
      stage.eventually(() -> assertThat(stage.bound("uri")).contains("/run/bindings/orders-db"));
      stage.eventually("RolledOut", "True/RolledOut");
      assertThat(stage.status().active().epoch()).isEqualTo(2);
      assertThat(stage.status().history().getFirst().reason()).isEqualTo("Repointed");
      assertThat(stage.template().getSpec().getContainers().getFirst().getVolumeMounts())
          .extracting(m -> m.getMountPath())
          .containsExactly("/run/bindings/orders-db");
      assertThat(session.isValid(2)).isTrue();
    }

    // When nobody uses the old login any more, then
    stage.eventually(
        () ->
            assertThat(
                    blue.ask(
                        "postgres",
                        "SELECT count(*) FROM pg_roles WHERE rolname = '%s'".formatted(login)))
                .isEqualTo("0"));
  }

  @Test
  void anotherLifeOfTheCertificateRenewsItInPlace() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    stage.attached(stage.blue, "workloads: [{kind: Deployment, name: orders}]");
    var template = stage.template();
    var password = stage.bound("password");
    for (var life : List.of("1h", "2160h")) {
      var before = stage.bound("tls.crt");

      // When
      stage.patch("{\"spec\":{\"certificate\":{\"duration\":\"%s\"}}}".formatted(life));

      // Then
      stage.eventually(() -> assertThat(stage.bound("tls.crt")).isNotEqualTo(before));
      stage.eventually(
          () ->
              assertThat(Instant.parse(stage.status().certificate().notAfter()))
                  .isCloseTo(
                      Instant.now().plus(Duration.parse("PT" + life)),
                      within(5, ChronoUnit.MINUTES)));
      assertThat(stage.bound("password")).isEqualTo(password);
      assertThat(stage.status().active().epoch()).isEqualTo(1);
      assertThat(stage.template()).isEqualTo(template);
      stage.session(blue).close();
    }
  }

  @Test
  void anAnnotationThatIsNotSupportedYetSaysSo() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    stage.attached(stage.blue, "");

    // When
    stage.annotate("backingservice.dev/rotate", "1");

    // Then
    stage.eventually("Accepted", "False/NotYetSupported");
    assertThat(stage.message("Accepted")).contains("rotate").contains("remove it");
    assertThat(stage.condition("Available")).isEqualTo("True/Available");

    // When
    stage.patch("{\"metadata\":{\"annotations\":{\"backingservice.dev/rotate\":null}}}");

    // Then
    stage.eventually("Ready", "True/Ready");
  }

  @Test
  void anEditAfterTheCutIsASwapOfItsOwn() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "");
    stage.swap(stage.green);
    stage.eventuallyOn(stage.green);

    // When
    stage.swap(stage.blue);

    // Then
    stage.eventually(() -> assertThat(stage.status().active().epoch()).isEqualTo(3));
    stage.eventuallyOn(stage.blue);
    stage.eventually("Ready", "True/Ready");
    assertThat(stage.status().history())
        .extracting(h -> h.server() + h.reason())
        .containsExactly(stage.blue + "Swapped", stage.green + "Swapped", stage.blue + "Attached");
  }

  @Test
  void anEditToWhatIsNotSupportedYetInTheMiddleOfASwapGoesBack() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "access: Owner, swap: {fenceTimeout: 30s}");
    var login = stage.bound("username");
    try (var stuck = stage.frozen(blue)) {
      stage.swap(stage.green);
      stage.eventually(
          () ->
              assertThat(stage.status().swap())
                  .isNotNull()
                  .extracting(s -> s.phase())
                  .isEqualTo("Fence"));

      // When
      stage.patch("{\"spec\":{\"rotation\":{\"every\":\"720h\"}}}");

      // Then
      stage.eventually("Accepted", "False/NotYetSupported");
      stage.eventually(() -> assertThat(Stage.canLogin(blue, login)).isTrue());
      stage.eventually("Available", "True/Available");
      assertThat(stage.status().active().server()).isEqualTo(stage.blue);
      assertThat(
              blue.ask(
                  "postgres",
                  "SELECT count(*) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles l ON l.oid = m.member WHERE l.rolname = '%s' AND g.rolname LIKE '%%_owner'"
                      .formatted(login)))
          .as("it is an Owner again")
          .isEqualTo("1");
    }
  }

  @Test
  void aTenantThatBlocksItsOwnLoginDoesNotBlockTheFence() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "");
    try (var tenant = stage.session(blue)) {
      tenant.setAutoCommit(false);
      tenant.createStatement().execute("ALTER ROLE CURRENT_USER SET work_mem = '4MB'");

      // When
      stage.swap(stage.green);

      // Then
      stage.eventuallyOn(stage.green);
      assertThat(stage.status().history().getFirst().fence()).isEqualTo("Verified");
      assertThat(tenant.isValid(1)).isFalse();
    }
  }

  private static boolean writes(Stage stage, Postgres server) throws SQLException {
    try (var session = stage.session(server)) {
      session.createStatement().execute("DELETE FROM writes");
      return true;
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("42501");
      return false;
    }
  }
}
