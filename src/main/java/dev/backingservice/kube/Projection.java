package dev.backingservice.kube;

import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Labels;
import dev.backingservice.model.WorkloadSelector.Injection;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.KeyToPathBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What one binding writes into a pod template, and whether it is there. Pure.
///
/// @param containers the chosen ones; empty: all
/// @param keys who can read the files of private keys
public record Projection(
    BindingShape shape, Set<String> containers, Injection injection, KeyFiles keys) {
  /// Characters that are written into one workload at most: every chosen container gets every
  /// variable.
  static final int LONGEST = 1 << 18;

  private static final String ROOT = "SERVICE_BINDING_ROOT";

  /// What a variable and a mount have besides their names.
  private static final int FRAME = 120;

  public Projection {
    containers = Set.copyOf(containers);
  }

  /// The modes of files that hold private keys. The kubelet gives the files to root, and to the
  /// `fsGroup` of the pod where there is one.
  public enum KeyFiles {
    /// Whoever runs in a container can read them, whatever its user is (0644).
    Readable(List.of()),
    /// Root and the pod's `fsGroup` (0640). libpq refuses a key of root's that others can read
    /// (PostgreSQL manual, "SSL Support", section "Client Certificates").
    Strict(List.of("tls.key", "tls.pk8")),
    /// As [#Strict], where nobody knows whether the server demands client certificates.
    Cautious(List.of("tls.key", "tls.pk8"));

    private final List<String> restricted;

    KeyFiles(List<String> restricted) {
      this.restricted = restricted;
    }

    /// Where a server demands client certificates, clients read the key.
    ///
    /// @param demanded empty where that is not known
    public static KeyFiles of(Optional<Boolean> demanded) {
      return demanded.map(d -> d ? Strict : Readable).orElse(Cautious);
    }
  }

  /// Whether what [#patch] writes is no longer than [#LONGEST].
  boolean fits(PodTemplateSpec template) {
    if (injection == Injection.RestartOnly) return true;
    long variables =
        shape.env().stream()
            .mapToLong(v -> v.name().length() + v.key().length() + shape.secretName().length())
            .sum();
    long each =
        variables
            + (long) FRAME * (shape.env().size() + 2)
            + shape.path().length()
            + volumeName().length();
    return each * chosen(template).count() <= LONGEST;
  }

  /// Exactly our fields, for server-side apply: whatever is not named here stays as it is.
  PodTemplateSpec patch(PodTemplateSpec template, long epoch) {
    var patch =
        new PodTemplateSpecBuilder()
            .withNewMetadata()
            .addToAnnotations(Labels.binding(shape.bindingName()), Long.toString(epoch))
            .endMetadata();
    if (injection == Injection.RestartOnly) return patch.build();
    var spec = patch.withNewSpec().addToVolumes(volume(keys));
    spec.addAllToContainers(patched(template.getSpec().getContainers()));
    spec.addAllToInitContainers(patched(template.getSpec().getInitContainers()));
    return spec.endSpec().build();
  }

  /// Whether everything that [#patch] writes is there already and is ours, and nothing else is,
  /// whatever the epoch.
  ///
  /// @param owned by the manager of this binding
  boolean intact(PodTemplateSpec template, OwnedFields owned) {
    return present(template) && owned.equals(OwnedFields.of(patch(template, 0)));
  }

  /// Whether everything that [#patch] writes is there, whoever wrote it.
  boolean present(PodTemplateSpec template) {
    if (epoch(shape.bindingName(), template) == 0) return false;
    if (injection == Injection.RestartOnly) return true;
    return template.getSpec().getVolumes().stream().anyMatch(this::ours)
        && chosen(template).allMatch(this::present);
  }

  private boolean present(Container container) {
    return container.getEnv().containsAll(env(container))
        && container.getVolumeMounts().stream().anyMatch(mount()::equals);
  }

  /// The server adds a default mode; the source is what matters. Keys that are stricter than they
  /// need be wait for the next epoch: no pod is replaced for it.
  private boolean ours(Volume seen) {
    if (!seen.getName().equals(volumeName()) || seen.getProjected() == null) return false;
    var forms = keys == KeyFiles.Strict ? List.of(keys) : List.of(KeyFiles.values());
    return forms.stream()
        .map(form -> volume(form).getProjected().getSources())
        .anyMatch(seen.getProjected().getSources()::equals);
  }

  /// The epoch in a template, 0 when it carries none.
  static long epoch(String bindingName, PodTemplateSpec template) {
    return Optional.ofNullable(template.getMetadata())
        .map(m -> m.getAnnotations())
        .map(a -> a.get(Labels.binding(bindingName)))
        .filter(text -> text.matches("[0-9]{1,18}"))
        .map(Long::parseLong)
        .orElse(0L);
  }

  /// The chosen containers that the template does not have.
  List<String> unknown(PodTemplateSpec template) {
    var there = all(template).map(Container::getName).toList();
    return containers.stream().filter(name -> !there.contains(name)).sorted().toList();
  }

  private Stream<Container> chosen(PodTemplateSpec template) {
    return all(template).filter(c -> containers.isEmpty() || containers.contains(c.getName()));
  }

  private static Stream<Container> all(PodTemplateSpec template) {
    return Stream.concat(
        template.getSpec().getContainers().stream(),
        template.getSpec().getInitContainers().stream());
  }

  private List<Container> patched(List<Container> there) {
    var patched = new ArrayList<Container>();
    for (var container : there) {
      if (!containers.isEmpty() && !containers.contains(container.getName())) continue;
      patched.add(
          new ContainerBuilder()
              .withName(container.getName())
              .withEnv(env(container))
              .withVolumeMounts(mount())
              .build());
    }
    return patched;
  }

  private List<EnvVar> env(Container container) {
    var env = new ArrayList<EnvVar>();
    for (var variable : shape.env())
      env.add(
          new EnvVarBuilder()
              .withName(variable.name())
              .withNewValueFrom()
              .withNewSecretKeyRef(variable.key(), shape.secretName(), null)
              .endValueFrom()
              .build());
    if (!setsItsOwnRoot(container))
      env.add(new EnvVarBuilder().withName(ROOT).withValue(shape.mountPath()).build());
    return env;
  }

  /// Whether somebody else set the variable. Where the binding is mounted below its value, it
  /// is ours from before, with another mount path.
  private boolean setsItsOwnRoot(Container container) {
    return container.getEnv().stream()
        .filter(e -> e.getName().equals(ROOT) && !shape.mountPath().equals(e.getValue()))
        .anyMatch(e -> !mountedBelow(container, e.getValue()));
  }

  private boolean mountedBelow(Container container, @Nullable String root) {
    var path = root + "/" + shape.bindingName();
    return container.getVolumeMounts().stream()
        .anyMatch(m -> m.getName().equals(volumeName()) && m.getMountPath().equals(path));
  }

  /// Whether a field about which the API server reports a conflict is one of ours by its name,
  /// whoever wrote it last: an undone rollout and an imported manifest bring them along.
  ///
  /// @param field as in `status.details.causes[].field`
  boolean ours(String field, PodTemplateSpec template) {
    return field.endsWith(".annotations." + Labels.binding(shape.bindingName()))
        || field.contains(".volumes[name=\"%s\"]".formatted(volumeName()))
        || all(template).anyMatch(container -> ours(field, container));
  }

  private boolean ours(String field, Container container) {
    if (!field.contains("ontainers[name=\"%s\"].".formatted(container.getName()))) return false;
    return container.getVolumeMounts().stream()
            .filter(m -> m.getName().equals(volumeName()))
            .anyMatch(m -> field.contains("[mountPath=\"%s\"]".formatted(m.getMountPath())))
        || container.getEnv().stream()
            .filter(e -> ours(e, container))
            .anyMatch(e -> field.contains(".env[name=\"%s\"]".formatted(e.getName())));
  }

  private boolean ours(EnvVar variable, Container container) {
    if (variable.getName().equals(ROOT)) return mountedBelow(container, variable.getValue());
    var from = variable.getValueFrom();
    return from != null
        && from.getSecretKeyRef() != null
        && shape.secretName().equals(from.getSecretKeyRef().getName());
  }

  private VolumeMount mount() {
    return new VolumeMountBuilder()
        .withName(volumeName())
        .withMountPath(shape.path())
        .withReadOnly(true)
        .build();
  }

  /// The whole Secret, and once more the keys that have a mode of their own. The later source wins.
  private Volume volume(KeyFiles form) {
    var projected =
        new VolumeBuilder()
            .withName(volumeName())
            .withNewProjected()
            .addNewSource()
            .withNewSecret()
            .withName(shape.secretName())
            .endSecret()
            .endSource();
    if (form.restricted.isEmpty()) return projected.endProjected().build();
    return projected
        .addNewSource()
        .withNewSecret()
        .withName(shape.secretName())
        .withItems(form.restricted.stream().map(Projection::restricted).toList())
        .withOptional(true)
        .endSecret()
        .endSource()
        .endProjected()
        .build();
  }

  private static KeyToPath restricted(String key) {
    return new KeyToPathBuilder().withKey(key).withPath(key).withMode(0640).build();
  }

  private String volumeName() {
    return "backing-" + shape.bindingName();
  }
}
