package dev.backingservice.api;

import io.fabric8.kubernetes.api.model.HasMetadata;

/// The annotations that people set. [#RETRY] is a word said once, to be said again with a new
/// value; the others are consents that hold as long as they stand there.
public final class Annotations {
  private static final String DOMAIN = "backingservice.dev/";

  /// On a BackingService: make new credentials now. Any new value.
  public static final String ROTATE = DOMAIN + "rotate";

  /// On a BackingService: after a failover, go back to `spec.server`. Any new value.
  public static final String RETURN = DOMAIN + "return";

  /// On a BackingService: try an aborted swap again. Any new value.
  public static final String RETRY = DOMAIN + "retry";

  /// On a BackingService: swap to the server named although relations are missing there.
  public static final String ACCEPT_DATA = DOMAIN + "accept-data";

  /// On a BackingService: swap to the copy named although the old server accepts writes.
  public static final String ACCEPT_DIVERGENCE = DOMAIN + "accept-divergence";

  /// On a BackingService: the older login of this epoch is locked now, whoever still uses it.
  public static final String END_OVERLAP = DOMAIN + "end-overlap";

  /// On a BackingService: what the server named needs before a database is restored there.
  public static final String PREPARE = DOMAIN + "prepare";

  /// On a BackingServer: the lineage named is the right one now.
  public static final String ACCEPT_IDENTITY = DOMAIN + "accept-identity";

  private Annotations() {}

  /// What an annotation says; empty text when it is not there.
  public static String read(HasMetadata resource, String name) {
    var annotations = resource.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(name, "");
  }
}
