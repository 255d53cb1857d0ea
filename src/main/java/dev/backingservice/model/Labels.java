package dev.backingservice.model;

/// Names that users and tools see in metadata: labels, annotations, field managers, the finalizer.
public final class Labels {
  public static final String MANAGER = "backing-service-operator";
  public static final String DOMAIN = "backingservice.dev";
  public static final String API_VERSION = DOMAIN + "/v1alpha1";
  public static final String FINALIZER = DOMAIN + "/finalizer";
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  public static final String SERVICE = DOMAIN + "/service";
  public static final String ATTACHED = DOMAIN + "/attached";
  public static final String SERVER = DOMAIN + "/server";
  public static final String CERTIFICATE_ENDS = DOMAIN + "/certificate-ends";
  public static final String SHAPE = DOMAIN + "/shape";

  /// Set by people on a BackingServer: the lineage named will never answer again; or the process
  /// named, when a copy of it was promoted under its name. Taken off when the lineage takes writes.
  public static final String GONE = DOMAIN + "/gone";

  /// On a BackingServer: the namespace of the operator that serves it, and a fingerprint of its
  /// root key.
  public static final String OPERATOR = DOMAIN + "/operator";

  private Labels() {}

  /// The manager of one service's fields in a workload, and the annotation that carries its epoch.
  public static String binding(String bindingName) {
    return DOMAIN + "/" + bindingName;
  }
}
