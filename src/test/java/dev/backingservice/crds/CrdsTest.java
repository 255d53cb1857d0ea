package dev.backingservice.crds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CrdsTest {

  @Test
  void theCommittedCrdsAreTheOnesTheRecordsMake() throws IOException {
    // When
    Map<String, String> generated = Crds.generate();

    // Then
    assertThat(generated.keySet()).containsExactly("backingservers.yaml", "backingservices.yaml");
    for (var folder : Crds.FOLDERS)
      for (var crd : generated.entrySet())
        assertThat(Files.readString(folder.resolve(crd.getKey())))
            .as("%s/%s is out of date: run make crds", folder, crd.getKey())
            .isEqualTo(crd.getValue());
  }

  @Test
  void theCommittedPageOfFieldsIsTheOneTheyMake() throws IOException {
    assertThat(Files.readString(FieldReference.PAGE))
        .as("%s is out of date: run make crds", FieldReference.PAGE)
        .isEqualTo(FieldReference.page(Crds.generate()));
  }
}
