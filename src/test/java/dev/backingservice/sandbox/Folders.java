package dev.backingservice.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// Folders that a test made.
public final class Folders {
  private Folders() {}

  /// Deletes a folder with everything in it. What a link in it points to stays.
  ///
  /// @throws UncheckedIOException when there is no such folder, or something in it stays
  public static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
