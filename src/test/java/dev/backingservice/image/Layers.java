package dev.backingservice.image;

import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import dev.backingservice.sandbox.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/// Layers of images that have no base image.
public final class Layers {
  private Layers() {}

  /// The libraries of the system that programs load, who runs them, and a folder for temporary
  // files.
  ///
  /// @param programs the folder of programs and of their own libraries
  /// @param work where the layer's small files are made
  public static FileEntriesLayer system(Path programs, Path work) throws Exception {
    var etc = Files.createDirectories(work.resolve("etc"));
    Files.writeString(
        etc.resolve("passwd"),
        "root:x:0:0:root:/:/nologin\nnonroot:x:65532:65532:nonroot:/app:/nologin\n");
    Files.writeString(etc.resolve("group"), "root:x:0:\nnonroot:x:65532:\n");
    Files.writeString(etc.resolve("nsswitch.conf"), "hosts: files dns\n");
    var layer = FileEntriesLayer.builder().setName("system");
    for (var library : libraries(programs))
      layer.addEntry(
          library.toRealPath(),
          AbsoluteUnixPath.get(library.toString()),
          FilePermissions.fromOctalString("755"));
    for (var file : List.of("passwd", "group", "nsswitch.conf"))
      layer.addEntry(etc.resolve(file), AbsoluteUnixPath.get("/etc/" + file));
    layer.addEntry(
        Files.createDirectories(work.resolve("tmp")),
        AbsoluteUnixPath.get("/tmp"),
        FilePermissions.fromOctalString("777"));
    return layer.build();
  }

  /// A folder with everything in it.
  public static FileEntriesLayer folder(String name, Path from, String to) throws IOException {
    var layer = FileEntriesLayer.builder().setName(name);
    add(layer, from, AbsoluteUnixPath.get(to));
    return layer.build();
  }

  /// The same beside other things; programs stay programs.
  static void add(FileEntriesLayer.Builder layer, Path from, AbsoluteUnixPath to)
      throws IOException {
    try (var files = Files.walk(from)) {
      for (var file : files.filter(Files::isRegularFile).sorted().toList())
        layer.addEntry(
            file,
            to.resolve(from.relativize(file)),
            FilePermissions.fromOctalString(Files.isExecutable(file) ? "755" : "644"));
    }
  }

  /// The system's own libraries, by the path where the loader looks for them.
  private static List<Path> libraries(Path programs) throws IOException, InterruptedException {
    var found = new TreeSet<Path>();
    try (var files = Files.walk(programs)) {
      for (var file : files.filter(Layers::loadsLibraries).toList())
        Processes.run(List.of("ldd", file.toString()))
            .lines()
            .map(line -> line.replaceAll(".*=> ", "").strip().split(" ")[0])
            .filter(path -> path.startsWith("/") && !path.startsWith(programs.toString()))
            .map(Path::of)
            .filter(Files::exists)
            .forEach(found::add);
    }
    return List.copyOf(found);
  }

  private static boolean loadsLibraries(Path file) {
    var name = file.getFileName().toString();
    return Files.isRegularFile(file)
        && (name.contains(".so") || file.getParent().endsWith("bin") && Files.isExecutable(file));
  }
}
