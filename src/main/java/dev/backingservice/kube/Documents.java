package dev.backingservice.kube;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;

/// How documents of the API server are read. The API server bounds what people store, 3 MiB a
/// request, and whatever it stores is read here: a document that is refused ends the watch of all
/// others of its kind. So no name is too long, nothing is nested too deep, and names that were
/// chosen to have one hash are slow and no more.
public final class Documents {
  /// Characters; more than a request has.
  private static final int LONGEST_NAME = 16 << 20;

  /// More than the API server reads, 10,000.
  private static final int DEEPEST = 20_000;

  private Documents() {}

  /// A reader of its own. Its factory keeps both settings from the beginning on: symbol tables take
  /// no later ones.
  public static ObjectMapper mapper() {
    return new ObjectMapper(
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNameLength(LONGEST_NAME)
                    .maxNestingDepth(DEEPEST)
                    .build())
            .streamWriteConstraints(
                StreamWriteConstraints.builder().maxNestingDepth(DEEPEST).build())
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .build());
  }
}
