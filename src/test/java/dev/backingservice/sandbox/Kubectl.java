package dev.backingservice.sandbox;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import dev.backingservice.api.Condition;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// What the people around the operator do with a cluster: the platform's administrator, and the
/// developer of an application.
public class Kubectl implements AutoCloseable {
  /// The operator's own.
  public static final String NAMESPACE = "backing-service-operator";

  private final KubernetesClient admin;
  private final KubernetesClient developer;

  public Kubectl(KubernetesClient admin, KubernetesClient developer) {
    this.admin = admin;
    this.developer = developer;
  }

  public void secret(String name, Map<String, String> values) {
    admin
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withStringData(values)
                .build())
        .serverSideApply();
  }

  /// A namespace whose developer may do what `edit` allows.
  public void namespace(String name) {
    apply(
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: %s}
        """
            .formatted(name));
    developers(name);
  }

  /// Lets the developer do in a namespace that is there what `edit` allows, and waits until the API
  /// server knows: it reads role bindings from a watch of its own.
  public void developers(String namespace) {
    apply(
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: developer, namespace: %s}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: developer}]
        """
            .formatted(namespace));
    Awaitility.await("the developer may edit " + namespace)
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> mayEdit(namespace));
  }

  private boolean mayEdit(String namespace) {
    var review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withNamespace(namespace)
            .withVerb("create")
            .withResource("configmaps")
            .endResourceAttributes()
            .endSpec()
            .build();
    return developer.resource(review).create().getStatus().getAllowed();
  }

  /// Applies documents as the platform's administrator would.
  public void apply(String yaml) {
    apply(admin, yaml);
  }

  /// Applies documents as the application's developer would.
  public void develop(String yaml) {
    apply(developer, yaml);
  }

  private static void apply(KubernetesClient client, String yaml) {
    for (var document : yaml.split("(?m)^---$"))
      if (!document.isBlank())
        client.resource(document).fieldManager("kubectl").forceConflicts().serverSideApply();
  }

  /// What the API server would say to a document, without keeping it; empty when it takes it.
  public String dryRun(String yaml) {
    try {
      admin
          .resource(yaml)
          .patch(
              new PatchContext.Builder()
                  .withPatchType(PatchType.SERVER_SIDE_APPLY)
                  .withFieldManager("kubectl")
                  .withForce(true)
                  .withDryRun(List.of("All"))
                  .build());
      return "";
    } catch (KubernetesClientException e) {
      return String.valueOf(e.getMessage());
    }
  }

  public BackingService service(String namespace, String name) {
    return admin.resources(BackingService.class).inNamespace(namespace).withName(name).get();
  }

  public BackingServer backingServer(String name) {
    return admin.resources(BackingServer.class).withName(name).get();
  }

  /// Edits the server of a service, as `kubectl patch` would.
  public void swap(String namespace, String name, String server) {
    patch(namespace, name, "{\"spec\":{\"server\":\"%s\"}}".formatted(server));
  }

  public void patch(String namespace, String name, String merge) {
    developer
        .resources(BackingService.class)
        .inNamespace(namespace)
        .withName(name)
        .patch(PatchContext.of(PatchType.JSON_MERGE), merge);
  }

  public void patchServer(String name, String merge) {
    admin
        .resources(BackingServer.class)
        .withName(name)
        .patch(PatchContext.of(PatchType.JSON_MERGE), merge);
  }

  /// Deletes a service as its developer would; does not wait.
  public void delete(String namespace, String name) {
    developer.resources(BackingService.class).inNamespace(namespace).withName(name).delete();
  }

  /// One condition's `status/reason`; empty when it is not there.
  public String condition(String namespace, String name, String type) {
    var service = service(namespace, name);
    return service == null || service.getStatus() == null
        ? ""
        : condition(service.getStatus().conditions(), type);
  }

  /// The same for a BackingServer.
  public String serverCondition(String name, String type) {
    var server = backingServer(name);
    return server == null || server.getStatus() == null
        ? ""
        : condition(server.getStatus().conditions(), type);
  }

  /// The same among the conditions of a resource that was read already.
  public static String condition(@Nullable List<Condition> conditions, String type) {
    if (conditions == null) return "";
    return conditions.stream()
        .filter(c -> c.type().equals(type))
        .map(c -> c.status() + "/" + c.reason())
        .findFirst()
        .orElse("");
  }

  /// Makes the operator look at a server now.
  public void touch(String server) {
    annotate(server, "sandbox/touched", Long.toString(System.nanoTime()));
  }

  public void annotate(String server, String name, String value) {
    admin
        .resources(BackingServer.class)
        .withName(server)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(name, value));
  }

  public KubernetesClient admin() {
    return admin;
  }

  /// A resource as YAML, for people.
  public String yaml(Object resource) {
    return Serialization.asYaml(resource);
  }

  @Override
  public void close() throws Exception {
    admin.close();
    developer.close();
  }
}
