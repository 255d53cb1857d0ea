package dev.backingservice.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Pki;
import org.junit.jupiter.api.Test;

/// Bundles of anchors as people have them.
class PemTest {
  private final String anchor = new Pki().anchor();

  @Test
  void aBundleOfACloudIsRead() {
    assertThat(Pem.problem(anchor.repeat(Pem.MAX_CERTIFICATES))).isEmpty();
  }

  @Test
  void whatIsNoBundleIsNamed() {
    assertThat(Pem.problem("nothing")).hasValue("it holds no PEM certificate");
    assertThat(Pem.problem(anchor.replace("M", "\u00e9")))
        .hasValueSatisfying(said -> assertThat(said).contains("parse"));
    assertThat(Pem.problem(anchor.repeat(Pem.MAX_CERTIFICATES + 1)))
        .hasValue("it holds more than 256 certificates");
    assertThat(Pem.problem(anchor + "x".repeat(Pem.MAX_BYTES)))
        .hasValue("it is larger than 256 KiB");
  }
}
