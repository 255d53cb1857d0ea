package dev.backingservice.cluster;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import dev.backingservice.image.Destination;
import dev.backingservice.sandbox.Kubectl;
import dev.backingservice.sandbox.Waiting;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where the story is played.
sealed interface Site extends AutoCloseable {
  @Override
  void close();

  KubernetesClient client();

  /// The administrator's.
  Path kubeconfig();

  /// How pods name an image.
  String image(String name);

  /// When the node looks for an image elsewhere.
  String pullPolicy();

  /// Builds the images and makes them known to the cluster.
  void load() throws Exception;

  /// The Java process of a pod, where it can be reached.
  Optional<ProcessHandle> process(Pod pod);

  /// Whether nothing is there that the story would take for its own; says what is.
  default boolean unused() {
    return true;
  }

  /// Takes away what the story made, where the cluster lives on.
  default void leave(Release release) throws Exception {}

  default Kubectl kubectl() {
    return new Kubectl(client(), client());
  }

  /// A cluster of our own, which ends with the story.
  record Own(Cluster cluster, KubernetesClient client, Path kubeconfig) implements Site {
    static Own start() throws Exception {
      var cluster = Cluster.start();
      return new Own(cluster, cluster.client(), cluster.kubeconfig());
    }

    @Override
    public String image(String name) {
      return Containers.HUB + name;
    }

    @Override
    public String pullPolicy() {
      return "Never";
    }

    @Override
    public void load() throws Exception {
      Images.build(name -> new Destination.Archive(archive(name)));
      Images.buildPause(new Destination.Archive(archive(Containers.PAUSE)));
      for (var name : Images.NAMES) cluster.load(archive(name), name);
      cluster.load(archive(Containers.PAUSE), Containers.PAUSE);
    }

    private Path archive(String name) {
      return cluster.folder().resolve(name.replace(':', '-') + ".tar");
    }

    /// Every process of the pods is one of the namespaces that we live in.
    @Override
    public Optional<ProcessHandle> process(Pod pod) {
      var name = "HOSTNAME=" + pod.getMetadata().getName();
      return ProcessHandle.allProcesses()
          .filter(p -> p.info().command().orElse("").equals("/runtime/bin/java"))
          .filter(p -> environment(p).contains(name))
          .findFirst();
    }

    private static List<String> environment(ProcessHandle process) {
      try {
        var environment = Files.readString(Path.of("/proc", process.pid() + "", "environ"));
        return List.of(environment.split("\0"));
      } catch (IOException e) {
        return List.of();
      }
    }

    @Override
    public void close() {
      client.close();
      cluster.close();
    }
  }

  /// Somebody's cluster.
  ///
  /// @param registry the beginning of the images' names, where we may push and the cluster may
  /// pull; empty: the cluster has them
  record Other(KubernetesClient client, Path kubeconfig, String registry) implements Site {
    private static final List<String> NAMESPACES =
        List.of(Shop.NAMESPACE, Databases.NAMESPACE, Kubectl.NAMESPACE);

    static Other of(Path kubeconfig, String registry) {
      var config = Config.fromKubeconfig(kubeconfig.toFile());
      config.setRequestRetryBackoffLimit(0); // an eviction that is refused is an answer
      return new Other(
          new KubernetesClientBuilder().withConfig(config).build(), kubeconfig, registry);
    }

    @Override
    public String image(String name) {
      return registry.isEmpty() ? Containers.HUB + name : registry + "/" + name;
    }

    @Override
    public String pullPolicy() {
      return "IfNotPresent";
    }

    @Override
    public void load() throws Exception {
      if (!registry.isEmpty()) Images.build(name -> new Destination.Registry(registry));
      else
        System.out.printf("REGISTRY is not set: the nodes must have %s already.%n", Images.NAMES);
    }

    @Override
    public Optional<ProcessHandle> process(Pod pod) {
      return Optional.empty();
    }

    @Override
    public boolean unused() {
      var taken =
          NAMESPACES.stream().filter(n -> client.namespaces().withName(n).get() != null).toList();
      if (!taken.isEmpty())
        System.out.printf(
            "The cluster has namespaces that the story would use: %s. Delete them, or take another cluster.%n",
            taken);
      return taken.isEmpty();
    }

    /// Services first, while the operator can take their logins away. The CRDs stay.
    @Override
    public void leave(Release release) throws Exception {
      System.out.println("Taking everything away; only the CRDs stay.");
      if (release.operators().leader() != null) detach();
      release.uninstall();
      for (var namespace : NAMESPACES) client.namespaces().withName(namespace).delete();
    }

    private void detach() throws Exception {
      for (var namespace : NAMESPACES)
        client.resources(BackingService.class).inNamespace(namespace).delete();
      var services = client.resources(BackingService.class).inAnyNamespace();
      Waiting.until("no service", () -> services.list().getItems().stream().noneMatch(this::ours));
      for (var server : Databases.SERVERS) {
        client.resources(BackingServer.class).withName(server).delete();
        Waiting.until(
            "no " + server,
            () -> client.resources(BackingServer.class).withName(server).get() == null);
      }
    }

    private boolean ours(BackingService service) {
      return NAMESPACES.contains(service.getMetadata().getNamespace());
    }

    @Override
    public void close() {
      client.close();
    }
  }
}
