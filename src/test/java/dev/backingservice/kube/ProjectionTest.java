package dev.backingservice.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.kube.Projection.KeyFiles;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.BindingShape.EnvVar;
import dev.backingservice.model.WorkloadSelector.Injection;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What one binding writes into a pod template.
class ProjectionTest {
  private static final String ANNOTATION = "backingservice.dev/orders-db";
  private static final BindingShape SHAPE =
      new BindingShape(
          "orders-secret",
          "orders-db",
          "/bindings",
          Map.of(),
          Map.of(),
          "",
          true,
          List.of(new EnvVar("DATABASE_URL", "uri")));

  private static Projection projection(BindingShape shape, String... containers) {
    return new Projection(shape, Set.of(containers), Injection.Full, KeyFiles.Readable);
  }

  private static PodTemplateSpec template() {
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("app")
        .endContainer()
        .addNewContainer()
        .withName("sidecar")
        .endContainer()
        .addNewInitContainer()
        .withName("migrate")
        .endInitContainer()
        .endSpec()
        .build();
  }

  private static Container container(PodTemplateSpec template, String name) {
    return template.getSpec().getContainers().stream()
        .filter(c -> c.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyContainerGetsTheBindingWhereNoneIsChosen() {
    var patch = projection(SHAPE).patch(template(), 7);

    assertThat(patch.getMetadata().getAnnotations()).containsEntry(ANNOTATION, "7");
    assertThat(patch.getSpec().getContainers())
        .extracting(Container::getName)
        .containsExactly("app", "sidecar");
    assertThat(patch.getSpec().getInitContainers())
        .extracting(Container::getName)
        .containsExactly("migrate");
    assertThat(projection(SHAPE).present(patch)).isTrue();
    assertThat(Projection.epoch("orders-db", patch)).isEqualTo(7);
  }

  @Test
  void whatWouldBeWrittenIsBounded() {
    var containers =
        IntStream.range(0, 3000)
            .mapToObj(i -> new ContainerBuilder().withName("c" + i).build())
            .toList();
    var many = template();
    many.getSpec().setContainers(containers);

    assertThat(projection(SHAPE).fits(template())).isTrue();
    assertThat(projection(SHAPE).fits(many)).isFalse();
    assertThat(projection(SHAPE, "c7").fits(many)).isTrue();
  }

  @Test
  void aChosenContainerGetsItAndNoOther() {
    var patch = projection(SHAPE, "app").patch(template(), 1);

    assertThat(patch.getSpec().getContainers())
        .extracting(Container::getName)
        .containsExactly("app");
    assertThat(patch.getSpec().getInitContainers()).isEmpty();
  }

  @Test
  void theUrlComesFromTheSecretAndTheFilesAreReadOnly() {
    var app = container(projection(SHAPE).patch(template(), 1), "app");

    var url = app.getEnv().getFirst();
    assertThat(url.getName()).isEqualTo("DATABASE_URL");
    assertThat(url.getValueFrom().getSecretKeyRef().getName()).isEqualTo("orders-secret");
    assertThat(url.getValueFrom().getSecretKeyRef().getKey()).isEqualTo("uri");
    assertThat(app.getEnv().getLast().getValue()).isEqualTo("/bindings");
    assertThat(app.getVolumeMounts().getFirst().getMountPath()).isEqualTo("/bindings/orders-db");
    assertThat(app.getVolumeMounts().getFirst().getReadOnly()).isTrue();
  }

  @Test
  void everyUserOfAContainerReadsAllFilesWhereNoCertificateIsDemanded() {
    var sources = sources(KeyFiles.Readable);

    assertThat(sources).hasSize(1);
    assertThat(sources.getFirst().getSecret().getItems()).isEmpty();
  }

  private static List<VolumeProjection> sources(KeyFiles keys) {
    return new Projection(SHAPE, Set.of(), Injection.Full, keys)
        .patch(template(), 1)
        .getSpec()
        .getVolumes()
        .getFirst()
        .getProjected()
        .getSources();
  }

  @Test
  void noPodIsReplacedForAnotherModeOfItsKeys() {
    var strict =
        new Projection(SHAPE, Set.of(), Injection.Full, KeyFiles.Strict).patch(template(), 1);

    assertThat(projection(SHAPE).present(strict)).isTrue();
    var cautious = new Projection(SHAPE, Set.of(), Injection.Full, KeyFiles.Cautious);
    assertThat(cautious.present(strict)).isTrue();
    assertThat(cautious.present(projection(SHAPE).patch(template(), 1))).isTrue();
    assertThat(cautious.patch(template(), 1)).isEqualTo(strict);
  }

  @Test
  void keysThatClientsWouldRefuseAreWrittenAnew() {
    var readable = projection(SHAPE).patch(template(), 1);

    assertThat(new Projection(SHAPE, Set.of(), Injection.Full, KeyFiles.Strict).present(readable))
        .isFalse();
  }

  @Test
  void privateKeysHaveTheModeThatClientsInsistOn() {
    var sources = sources(KeyFiles.Strict);

    assertThat(sources).hasSize(2);
    assertThat(sources.getLast().getSecret().getOptional()).isTrue();
    assertThat(sources.getLast().getSecret().getItems()).allMatch(i -> i.getMode() == 0640);
  }

  @Test
  void anotherMountPathIsOneChangeOfTheTemplate() {
    // Given
    var before = projection(SHAPE).patch(template(), 1);

    // When
    var after = projection(SHAPE.mountedAt("/other")).patch(before, 2);

    // Then
    var env = container(after, "app").getEnv();
    assertThat(env.getLast().getName()).isEqualTo("SERVICE_BINDING_ROOT");
    assertThat(env.getLast().getValue()).isEqualTo("/other");
    assertThat(projection(SHAPE.mountedAt("/other")).present(after)).isTrue();
    assertThat(projection(SHAPE).present(after)).isFalse();
  }

  @Test
  void aRootThatSomebodyElseSetStays() {
    // Given
    var template = template();
    container(template, "app")
        .setEnv(
            List.of(
                new io.fabric8.kubernetes.api.model.EnvVar("SERVICE_BINDING_ROOT", "/mine", null)));

    // When
    var patch = projection(SHAPE).patch(template, 1);

    // Then
    assertThat(container(patch, "app").getEnv()).hasSize(1);
    assertThat(container(patch, "sidecar").getEnv()).hasSize(2);
  }

  @Test
  void restartOnlyWritesTheEpochAndNothingElse() {
    var restart = new Projection(SHAPE, Set.of(), Injection.RestartOnly, KeyFiles.Readable);

    var patch = restart.patch(template(), 3);

    assertThat(patch.getSpec()).isNull();
    assertThat(restart.present(patch)).isTrue();
    assertThat(restart.present(template())).isFalse();
  }

  @Test
  void whatIsNoEpochCountsAsNone() {
    for (var text : List.of("", "-1", "x", "1234567890123456789", "1e3"))
      assertThat(
              Projection.epoch(
                  "orders-db",
                  new PodTemplateSpecBuilder()
                      .withNewMetadata()
                      .addToAnnotations(ANNOTATION, text)
                      .endMetadata()
                      .build()))
          .as(text)
          .isZero();
    assertThat(Projection.epoch("orders-db", new PodTemplateSpec())).isZero();
  }

  @Test
  void aTemplateThatLostAnythingOfOursIsNotIntact() {
    var whole = projection(SHAPE).patch(template(), 1);
    var noMount = projection(SHAPE).patch(template(), 1);
    container(noMount, "app").setVolumeMounts(List.of());
    var noVariable = projection(SHAPE).patch(template(), 1);
    container(noVariable, "sidecar").setEnv(List.of());
    var noVolume = projection(SHAPE).patch(template(), 1);
    noVolume.getSpec().setVolumes(List.of());
    var plainVolume = projection(SHAPE).patch(template(), 1);
    plainVolume.getSpec().getVolumes().getFirst().setProjected(null);

    assertThat(projection(SHAPE).present(whole)).isTrue();
    assertThat(List.of(noMount, noVariable, noVolume, plainVolume))
        .noneMatch(projection(SHAPE)::present);
  }

  @Test
  void aContainerThatIsNotThereIsNamed() {
    assertThat(projection(SHAPE, "app", "web", "api").unknown(template()))
        .containsExactly("api", "web");
    assertThat(projection(SHAPE, "app", "migrate").unknown(template())).isEmpty();
  }
}
