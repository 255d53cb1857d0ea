package dev.backingservice.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.tools.jib.api.Jib;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DestinationTest {
  @Test
  void whatWasChangedIsInTheImageAlthoughItsTimeIsTheSame(@TempDir Path folder) throws Exception {
    var tars =
        new Path[] {folder.resolve("1.tar"), folder.resolve("2.tar"), folder.resolve("3.tar")};

    write(folder, "one", tars[0]);
    write(folder, "two", tars[1]);
    write(folder, "one", tars[2]);

    assertThat(Files.mismatch(tars[0], tars[1])).isNotEqualTo(-1);
    assertThat(Files.mismatch(tars[0], tars[2])).isEqualTo(-1);
  }

  private static void write(Path folder, String text, Path tar) throws Exception {
    var root = Root.anew(folder.resolve("root"));
    Files.writeString(root.resolve("file"), text);
    Root.settle(root);
    var image = Jib.fromScratch().setFileEntriesLayers(Layers.of(root));
    new Destination.Archive(tar).write(image, "test:1", folder);
  }
}
