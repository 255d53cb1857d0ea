package dev.backingservice.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/// A folder that holds what an image holds, where it holds it: images without a base image are
/// made from it, by us or by `docker build`.
public final class Root {
  private Root() {}

  /// An empty one.
  public static Path anew(Path root) throws IOException {
    delete(root);
    return Files.createDirectories(root);
  }

  /// Adds the libraries of the system that programs load, who runs them, and a folder for
  /// temporary files.
  ///
  /// @param programs the folder of programs and of their own libraries
  public static void addSystem(Path root, Path programs) throws Exception {
    addSystem(root, programs, Target.here());
  }

  static void addSystem(Path root, Path programs, Target target) throws Exception {
    var etc = Files.createDirectories(root.resolve("etc"));
    Files.writeString(
        etc.resolve("passwd"),
        "root:x:0:0:root:/:/nologin\nnonroot:x:65532:65532:nonroot:/app:/nologin\n");
    Files.writeString(etc.resolve("group"), "root:x:0:\nnonroot:x:65532:\n");
    Files.writeString(etc.resolve("nsswitch.conf"), "hosts: files dns\n");
    Files.createDirectories(root.resolve("tmp"));
    for (var library : libraries(programs, target))
      addProgram(root, target.file(library), library.substring(1));
  }

  /// Adds a program under its path in the image.
  public static void addProgram(Path root, Path program, String as) throws IOException {
    var copy = root.resolve(as);
    Files.createDirectories(copy.getParent());
    Files.copy(program.toRealPath(), copy, StandardCopyOption.REPLACE_EXISTING);
    executable(copy);
  }

  /// Adds a folder with everything in it.
  public static void addFolder(Path root, Path folder, String as) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.toList()) {
        var target = root.resolve(as).resolve(folder.relativize(file).toString());
        if (Files.isDirectory(file)) Files.createDirectories(target);
        else Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  /// Gives everything the mode and the time that it has in the image, whatever the machine's
  /// habits are. An ahead-of-time cache is refused by files of another time than it was trained
  /// with.
  public static void settle(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      for (var file : files.filter(f -> !Files.isSymbolicLink(f)).toList()) {
        Files.setPosixFilePermissions(
            file, PosixFilePermissions.fromString(mode(root.relativize(file), file)));
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1)));
      }
    }
  }

  private static String mode(Path name, Path file) {
    if (name.toString().equals("tmp")) return "rwxrwxrwx";
    return Files.isExecutable(file) ? "rwxr-xr-x" : "rw-r--r--";
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// The system's own libraries, by the path where the loader looks for them.
  private static List<String> libraries(Path programs, Target target)
      throws IOException, InterruptedException {
    var found = new TreeSet<String>();
    try (var files = Files.walk(programs)) {
      for (var file : files.filter(Root::loadsLibraries).toList())
        target.libraries(file).stream()
            .filter(path -> !path.startsWith(programs.toString()))
            .filter(path -> Files.exists(target.file(path)))
            .forEach(found::add);
    }
    return List.copyOf(found);
  }

  private static boolean loadsLibraries(Path file) {
    var name = file.getFileName().toString();
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && (name.contains(".so") || file.getParent().endsWith("bin") && Files.isExecutable(file));
  }

  /// Removes a folder with everything in it, if it is there.
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) return;
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
    }
  }
}
