package dev.backingservice.image;

import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;

/// Cuts a [Root] into layers, so that what changes seldom is loaded seldom.
public final class Layers {
  private Layers() {}

  /// One layer for each path, and before them one with everything else.
  ///
  /// @param paths below the root; a file belongs to the first that holds it
  public static List<FileEntriesLayer> of(Path root, String... paths) throws IOException {
    var names = List.of(paths);
    var layers = new FileEntriesLayer.Builder[names.size() + 1];
    for (int i = 0; i < layers.length; i++)
      layers[i] = FileEntriesLayer.builder().setName(i == 0 ? "system" : names.get(i - 1));
    try (var files = Files.walk(root)) {
      for (var file : files.sorted().toList()) {
        var name = root.relativize(file);
        int layer = 1;
        while (layer < layers.length && !name.startsWith(names.get(layer - 1))) layer++;
        add(layers[layer % layers.length], file, name);
      }
    }
    return List.of(layers).stream().map(FileEntriesLayer.Builder::build).toList();
  }

  private static void add(FileEntriesLayer.Builder layer, Path file, Path name) throws IOException {
    var mode = Files.getPosixFilePermissions(file);
    boolean forAll = mode.contains(PosixFilePermission.OTHERS_WRITE);
    if (Files.isDirectory(file) && !forAll) return; // as their files need them
    var permissions = FilePermissions.fromPosixFilePermissions(mode);
    layer.addEntry(file, AbsoluteUnixPath.get("/" + name), permissions);
  }
}
