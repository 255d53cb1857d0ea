package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// A BackingService is a Provisioned Service of servicebinding.io (core specification 1.1).
class ServiceBindingIT {

  @Test
  void itIsAProvisionedService() {
    // Given
    var stage = new Stage();
    var crd =
        stage
            .sandbox
            .admin()
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .withName("backingservices.backingservice.dev")
            .get();
    var role =
        stage
            .sandbox
            .admin()
            .rbac()
            .clusterRoles()
            .withLabel("servicebinding.io/controller", "true")
            .list()
            .getItems();

    // Then
    assertThat(crd.getMetadata().getLabels())
        .containsEntry("servicebinding.io/provisioned-service", "true");
    assertThat(role)
        .singleElement()
        .satisfies(
            r ->
                assertThat(r.getRules())
                    .singleElement()
                    .satisfies(
                        rule -> {
                          assertThat(rule.getResources()).containsExactly("backingservices");
                          assertThat(rule.getVerbs()).containsExactly("get", "list", "watch");
                        }));
  }

  @Test
  void theStatusLeadsToASecretOfTheBindingsType() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);

    // When
    stage.attached(stage.blue, "");

    // Then
    assertThat(stage.status().binding().name()).isEqualTo(stage.secret().getMetadata().getName());
    assertThat(stage.secret().getType()).isEqualTo("servicebinding.io/postgresql");
    assertThat(stage.secret().getData())
        .containsKeys(
            "type", "provider", "host", "port", "database", "username", "password", "uri");
  }
}
