package dev.backingservice.image;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;

/// Where images go: an archive, or a registry; the same image gives the same bytes.
public sealed interface Destination {
  Containerizer of(String name) throws Exception;

  /// @param file the archive
  record Archive(Path file) implements Destination {
    @Override
    public Containerizer of(String name) throws Exception {
      return Containerizer.to(TarImage.at(file.toAbsolutePath()).named(name)).setOfflineMode(true);
    }
  }

  /// @param prefix of the images' names, such as `registry.example/team`
  record Registry(String prefix) implements Destination {
    @Override
    public Containerizer of(String name) throws Exception {
      var reference = ImageReference.parse(prefix + "/" + name);
      var credentials = CredentialRetrieverFactory.forImage(reference, event -> {});
      return Containerizer.to(
          RegistryImage.named(reference).addCredentialRetriever(credentials.dockerConfig()));
    }
  }

  /// Builds it for machines like this one.
  ///
  /// @param name with its tag
  /// @param work where layers are kept
  default void write(JibContainerBuilder image, String name, Path work) throws Exception {
    write(image, name, Architecture.here(), work);
  }

  /// Builds it for machines of an architecture.
  default void write(JibContainerBuilder image, String name, Architecture architecture, Path work)
      throws Exception {
    // Jib knows layers by the names and times of their files, and our times never change
    var layers = Root.anew(work.resolve("layers"));
    image
        .setFormat(ImageFormat.OCI)
        .setPlatforms(Set.of(new Platform(architecture.name(), "linux")))
        .setCreationTime(Instant.EPOCH)
        .containerize(of(name).setApplicationLayersCache(layers).setBaseImageLayersCache(layers));
  }
}
