package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Who may attach, and what happens when that changes.
class ConsentIT {
  @Test
  void aNamespaceIsAdmittedByItsLabelsAndWhatIsAttachedOutlivesThem() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.sandbox.register(
        stage.blue,
        blue.port(),
        "allowedNamespaces: {from: Selector, selector: {matchLabels: {team: orders}}}");
    stage.apply(stage.blue, "");
    stage.eventually("Accepted", "False/ServerNotAvailable");
    assertThat(stage.secret()).isNull();

    // When
    label(stage, "orders");

    // Then
    stage.eventually("Ready", "True/Ready");

    // When
    var version = stage.secret().getMetadata().getResourceVersion();
    label(stage, "others");

    // Then
    stage.eventually("Accepted", "False/ServerNotAvailable");
    assertThat(stage.condition("Available")).isEqualTo("True/Available");
    assertThat(stage.secret().getMetadata().getResourceVersion()).isEqualTo(version);
    stage.session(blue).close();
  }

  @Test
  void aDatabaseBelongsToTheFirstNamespaceUnlessThePlatformSharesIt() throws Exception {
    // Given
    var first = new Stage();
    var blue = first.server(first.blue);
    first.attached(first.blue, "");
    var second = new Stage();

    // When
    second.apply(first.blue, "");

    // Then
    second.eventually("Accepted", "False/ServerNotAvailable");
    assertThat(second.message("Accepted")).doesNotContain(first.namespace + "/");

    // When
    second.sandbox.register(
        first.blue,
        blue.port(),
        "allowedNamespaces: {from: All}\n  databases: [{name: orders, namespaces: [%s, %s]}]"
            .formatted(first.namespace, second.namespace));

    // Then
    second.eventually("Ready", "True/Ready");
    first.eventually("Ready", "True/Ready");
  }

  @Test
  void nobodyGetsMoreThanThePlatformCaps() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.sandbox.register(
        stage.blue,
        blue.port(),
        "allowedNamespaces: {from: All}\n  maxAccess: ReadWrite\n  maxConnections: 5");
    stage.apply(stage.blue, "");
    stage.eventually("Accepted", "False/AccessNotSupported");
    assertThat(stage.message("Accepted")).contains("5 connections at most");
    stage.patch("{\"spec\":{\"postgresql\":{\"connectionLimit\":5}}}");
    stage.eventually("Ready", "True/Ready");

    // When more is asked for later
    stage.patch("{\"spec\":{\"access\":\"Owner\",\"postgresql\":{\"connectionLimit\":500}}}");

    // Then
    stage.eventually("Accepted", "False/AccessNotSupported");
    assertThat(stage.condition("Available")).isEqualTo("True/Available");
    assertThat(
            blue.ask(
                "postgres",
                "SELECT rolconnlimit FROM pg_roles WHERE rolname = '%s'"
                    .formatted(stage.bound("username"))))
        .isEqualTo("5");
    assertThat(stage.status().active().access()).isEqualTo("ReadWrite");

    // When what nobody listed is refused
    var other = new Stage();
    other.sandbox.register(
        stage.blue,
        blue.port(),
        "allowedNamespaces: {from: All}\n  unlistedDatabases: Refuse\n  databases: [{name: others, namespaces: [%s]}]"
            .formatted(other.namespace));
    other.apply(stage.blue, "");

    // Then
    other.eventually("Accepted", "False/ServerNotAvailable");
  }

  private static void label(Stage stage, String team) {
    stage
        .sandbox
        .admin()
        .namespaces()
        .withName(stage.namespace)
        .edit(
            n -> {
              n.getMetadata().getLabels().put("team", team);
              return n;
            });
  }
}
