package dev.backingservice.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.engines.NamesOfTests;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Temporary failure in name resolution",
        "Non-recoverable failure in name resolution",
        "System error"
      })
  void nameServersThatFailSayNothingOfTheServer(String words) {
    var name = name(words);
    NamesOfTests.fail(name, words);
    assertThatThrownBy(() -> Addresses.of(name))
        .isInstanceOf(Addresses.Unanswered.class)
        .hasMessage(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Name or service not known", "No address associated with hostname"})
  void aNameThatNobodyKnowsIsAnAnswer(String words) {
    NamesOfTests.fail(name(words), words);
    assertThatThrownBy(() -> Addresses.of(name(words)))
        .isExactlyInstanceOf(UnknownHostException.class);
  }

  @Test
  void moreThanSixteenAddressesAreCut() throws Exception {
    var many = new String[40];
    for (int i = 0; i < many.length; i++) many[i] = "127.0.1." + (i + 1);
    NamesOfTests.let("many.test", many);
    assertThat(Addresses.of("many.test"))
        .hasSize(16)
        .startsWith(InetAddress.ofLiteral("127.0.1.1"));
  }

  /// One for each, for the runtime remembers failures.
  private static String name(String words) {
    return "name-%x.test".formatted(words.hashCode());
  }
}
