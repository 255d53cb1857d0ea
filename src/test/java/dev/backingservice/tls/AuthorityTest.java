package dev.backingservice.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.HostileTexts;
import dev.backingservice.model.Sensitive;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.junit.jupiter.api.Test;

/// What a certificate says of a login that somebody else chose.
class AuthorityTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private final Authority authority = Authority.create("clients", "0", NOW, new SecureRandom());

  private X500Name subject(String login) {
    var issued = authority.issue(login, 3, NOW, Duration.ofHours(1));
    var certificate = Pem.certificate(issued.chainPem());
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }

  @Test
  void aLoginIsAValueOfTheSubjectAndNothingElse() {
    var names = Stream.of("orders", "a,OU=epoch 4", "#0401", "CN=x+OU=y", "\\", " x ", "");
    for (var hostile : Stream.concat(names, HostileTexts.all().stream().limit(50)).toList()) {
      var login = new String(hostile.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      var subject = subject(login);

      assertThat(subject.getRDNs(BCStyle.OU)).hasSize(1);
      assertThat(subject.getRDNs(BCStyle.OU)[0].getFirst().getValue()).hasToString("epoch 3");
      var common = subject.getRDNs(BCStyle.CN);
      if (login.isEmpty() || login.length() > 64) assertThat(common).isEmpty();
      else assertThat(common[0].getFirst().getValue()).hasToString(login);
    }
  }

  @Test
  void aKeyStoreShowsTheCertificatesAndHidesTheKey() throws Exception {
    var issued = authority.issue("orders", 3, NOW, Duration.ofHours(1));
    var bytes = issued.keyStore(new Sensitive("secret"));

    var read = KeyStore.getInstance("PKCS12");
    read.load(new ByteArrayInputStream(bytes), "secret".toCharArray());
    assertThat(read.getCertificateChain("user")).containsExactly(issued.leaf(), issued.issuer());
    assertThat(read.getKey("user", "secret".toCharArray())).isEqualTo(issued.key());
    assertThat(hex(bytes)).contains(hex(issued.leaf().getEncoded()));
    assertThat(hex(bytes)).doesNotContain(hex(issued.key().getEncoded()));
    var other = KeyStore.getInstance("PKCS12");
    assertThatThrownBy(() -> other.load(new ByteArrayInputStream(bytes), "other".toCharArray()))
        .isInstanceOf(IOException.class);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void theSubjectOfALoginOfOursIsAsServersCompareIt() {
    assertThat(subject("bs_1_orders_a")).hasToString("OU=epoch 3,CN=bs_1_orders_a");
  }
}
