package dev.backingservice.kube;

/// Names that users and tools see: labels, annotations, field managers.
public final class Words {
  public static final String MANAGER = "backing-service-operator";
  public static final String DOMAIN = "backingservice.dev";
  public static final String API_VERSION = DOMAIN + "/v1alpha1";
  public static final String FINALIZER = DOMAIN + "/finalizer";
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  public static final String SERVICE = DOMAIN + "/service";
  public static final String EPOCH = DOMAIN + "/epoch";
  public static final String SERVER = DOMAIN + "/server";
  public static final String SERVER_ID = DOMAIN + "/server-id";
  public static final String REQUESTED_SERVER = DOMAIN + "/requested-server";
  public static final String REQUESTED_DATABASE = DOMAIN + "/requested-database";
  public static final String REQUESTED_SCHEMA = DOMAIN + "/requested-schema";
  public static final String SCHEMA = DOMAIN + "/schema";
  public static final String SHAPE = DOMAIN + "/shape";
  public static final String DEBTS = DOMAIN + "/debts";
  public static final String CERTIFICATE_ENDS = DOMAIN + "/certificate-ends";
  public static final String SEAL = DOMAIN + "/seal";
  public static final String ATTACHED = DOMAIN + "/attached";

  private Words() {}

  /// The manager of one service's fields in a workload, and the annotation that carries its epoch.
  static String binding(String bindingName) {
    return DOMAIN + "/" + bindingName;
  }
}
