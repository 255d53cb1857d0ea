package dev.backingservice.crds;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Generates the CRDs from the records, and the page of their fields. `make crds` writes them;
/// a test compares.
public final class Crds {
  /// Where they are read, and where helm installs them from.
  static final List<Path> FOLDERS =
      List.of(Path.of("crds"), Path.of("helm/backing-service-operator/crds"));

  private Crds() {}

  public static void main(String... args) throws IOException {
    var crds = generate();
    for (var crd : crds.entrySet())
      for (var folder : FOLDERS) Files.writeString(folder.resolve(crd.getKey()), crd.getValue());
    Files.writeString(FieldReference.PAGE, FieldReference.page(crds));
  }

  /// YAML by file name.
  static Map<String, String> generate() throws IOException {
    var folder = Files.createTempDirectory("crds");
    new CRDGenerator()
        .customResourceClasses(BackingServer.class, BackingService.class)
        .forCRDVersions("v1")
        .inOutputDir(folder.toFile())
        .detailedGenerate();
    var crds = new TreeMap<String, String>();
    try (var files = Files.list(folder)) {
      for (var file : files.toList()) {
        var crd = Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
        CrdPolish.polish(crd);
        crds.put(crd.getSpec().getNames().getPlural() + ".yaml", Serialization.asYaml(crd));
        Files.delete(file);
      }
    }
    Files.delete(folder);
    return crds;
  }
}
