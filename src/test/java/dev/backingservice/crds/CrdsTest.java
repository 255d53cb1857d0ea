package dev.backingservice.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
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

  /// Lists without a list type are replaced as a whole (Kubernetes documentation, "Server-Side
  /// Apply", merge strategy): what the API server adds to an element is a difference for ever to
  /// tools that compare what they applied.
  @Test
  void noDefaultIsInsideAList() throws IOException {
    for (var crd : Crds.generate().values()) {
      var lists = new ArrayList<JsonNode>();
      new ObjectMapper(new YAMLFactory()).readTree(crd).findValues("items").forEach(lists::add);
      assertThat(lists).isNotEmpty().allMatch(items -> items.findValue("default") == null);
    }
  }

  @Test
  void theCommittedPageOfFieldsIsTheOneTheyMake() throws IOException {
    assertThat(Files.readString(FieldReference.PAGE))
        .as("%s is out of date: run make crds", FieldReference.PAGE)
        .isEqualTo(FieldReference.page(Crds.generate()));
  }
}
