package dev.backingservice.binding;

import dev.backingservice.model.Labels;

/// The annotations of a binding Secret.
final class Keys {
  static final String EPOCH = Labels.DOMAIN + "/epoch";
  static final String SERVER = Labels.SERVER;
  static final String SERVER_ID = Labels.DOMAIN + "/server-id";
  static final String SCOPE = Labels.DOMAIN + "/scope";
  static final String ACCESS = Labels.DOMAIN + "/access";
  static final String REQUESTED_SERVER = Labels.DOMAIN + "/requested-server";
  static final String REQUESTED_SCOPE = Labels.DOMAIN + "/requested-scope";
  static final String SHAPE = Labels.SHAPE;
  static final String LOGIN = Labels.DOMAIN + "/login";
  static final String GIVEN = Labels.DOMAIN + "/given-credential";
  static final String MOUNT_PATH = Labels.DOMAIN + "/mount-path";
  static final String DEBTS = Labels.DOMAIN + "/debts";
  static final String ABORTED = Labels.DOMAIN + "/aborted-epoch";
  static final String CERTIFICATE_ENDS = Labels.CERTIFICATE_ENDS;
  static final String SEAL = Labels.DOMAIN + "/seal";

  private Keys() {}
}
