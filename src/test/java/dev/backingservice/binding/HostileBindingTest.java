package dev.backingservice.binding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.HostileTexts;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Place;
import dev.backingservice.model.Published;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Scope;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.ServiceId;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// A tenant may edit everything in the binding Secret: nothing of it is believed, and nothing of it
/// stops a reconcile.
class HostileBindingTest {
  private static final ServiceId SERVICE = new ServiceId("shop", "orders-db", "uid");
  private static final BindingSecret CODEC = new BindingSecret(new RootKey(new byte[32]));
  private static final Place PLACE = new Place("blue", new Scope.Schema("orders", "public"));
  private static final Attachment ACTIVE =
      new Attachment(PLACE, "L1", "bs_1_orders_a", Access.ReadWrite, 7);
  private static final Debt DEBT =
      new Debt(ACTIVE.with(Access.Owner), Instant.EPOCH, "L1/1@1", "owed", true);

  @Test
  void whatWasWrittenIsReadAgain() {
    var read = CODEC.read(Optional.of(genuine()), SERVICE);
    assertThat(read)
        .isInstanceOfSatisfying(
            Published.Binding.class,
            b -> {
              assertThat(b.active()).isEqualTo(ACTIVE);
              assertThat(b.requested()).isEqualTo(PLACE);
              assertThat(b.debts()).containsExactly(DEBT);
              assertThat(b.resourceVersion()).isEqualTo("7");
            });
  }

  @Test
  void noEditedAnnotationIsBelievedAndNoneThrows() {
    for (var name : genuine().getMetadata().getAnnotations().keySet())
      for (var text : HostileTexts.all()) {
        var edited = genuine();
        if (text.equals(edited.getMetadata().getAnnotations().get(name))) continue;
        edited.getMetadata().getAnnotations().put(name, text);
        assertThat(CODEC.read(Optional.of(edited), SERVICE))
            .as(name)
            .isInstanceOf(Published.Edited.class);
      }
  }

  @Test
  void noEditedContentIsBelievedAndNoneThrows() {
    for (var name : genuine().getData().keySet())
      for (var text : HostileTexts.all()) {
        var edited = genuine();
        var encoded = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        if (encoded.equals(edited.getData().put(name, encoded))) continue;
        assertThat(CODEC.read(Optional.of(edited), SERVICE))
            .as(name)
            .isInstanceOf(Published.Edited.class);
      }
  }

  @Test
  void keysThatAreTakenAwayOrAddedAreNoticed() {
    for (var name : genuine().getData().keySet()) {
      var less = genuine();
      less.getData().remove(name);
      assertThat(CODEC.read(Optional.of(less), SERVICE)).isInstanceOf(Published.Edited.class);
    }
    for (var name : genuine().getMetadata().getAnnotations().keySet()) {
      var less = genuine();
      less.getMetadata().getAnnotations().remove(name);
      assertThat(CODEC.read(Optional.of(less), SERVICE)).isInstanceOf(Published.Edited.class);
    }
    var none = genuine();
    none.setData(null);
    assertThat(CODEC.read(Optional.of(none), SERVICE)).isInstanceOf(Published.Edited.class);
  }

  @Test
  void aSecretOfAnotherResourceIsForeign() {
    assertThat(CODEC.read(Optional.of(genuine()), new ServiceId("shop", "orders-db", "other")))
        .isInstanceOf(Published.Foreign.class);
    assertThat(CODEC.read(Optional.empty(), SERVICE)).isInstanceOf(Published.None.class);
  }

  @Test
  void amendedWordsAreBelievedAndTheCredentialStays() {
    var other = new Place("green", new Scope.Schema("orders", "public"));
    var amended = CODEC.amend(genuine(), SERVICE.uid(), other, List.of(), 9);
    assertThat(CODEC.read(Optional.of(amended), SERVICE))
        .isInstanceOfSatisfying(
            Published.Binding.class,
            b -> {
              assertThat(b.active()).isEqualTo(ACTIVE);
              assertThat(b.requested()).isEqualTo(other);
              assertThat(b.aborted()).isEqualTo(9);
              assertThat(b.debts()).isEmpty();
            });
    assertThat(amended.getData()).isEqualTo(genuine().getData());
  }

  @Test
  void placeholdersAreFilledOnceAndNothingElseIs() {
    for (var text : HostileTexts.all()) {
      var values = Map.of("password", text, "username", "{password}", "host", "$1\\");
      var rendered =
          new Template(values, "/bindings/x")
              .render(
                  Map.of(
                      "plain", "<{password}>",
                      "pct", "{password:pct}",
                      "once", "{username}",
                      "slashes", "{host}",
                      "user", text.replace("{", "(")));
      assertThat(rendered).containsEntry("plain", "<" + text + ">");
      assertThat(rendered).containsEntry("once", "{password}").containsEntry("slashes", "$1\\");
      assertThat(rendered).containsEntry("user", text.replace("{", "("));
      var pct = rendered.get("pct");
      assertThat(pct).matches("[A-Za-z0-9%._*-]*");
      assertThat(URLDecoder.decode(pct, StandardCharsets.UTF_8)).isEqualTo(encodable(text));
    }
  }

  /// A lone surrogate is no text that UTF-8 can hold.
  private static String encodable(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static Secret genuine() {
    var entries = new TreeMap<String, Sensitive>();
    entries.put("username", new Sensitive("bs_1_orders_a"));
    entries.put("password", new Sensitive("secret"));
    entries.put("uri", new Sensitive("postgresql://x"));
    var shape =
        new BindingShape(
            "orders-db", "orders-db", "/bindings", Map.of(), Map.of(), "", false, List.of());
    var secret =
        CODEC.write(
            new Contents(
                SERVICE,
                ACTIVE,
                PLACE,
                List.of(DEBT),
                shape,
                "",
                BindingShape.USUAL_TLS,
                entries,
                Map.of("ca.crt", "pem".getBytes(StandardCharsets.UTF_8)),
                Instant.EPOCH));
    var built =
        new SecretBuilder(secret).editMetadata().withResourceVersion("7").endMetadata().build();
    built.setData(new HashMap<>(built.getData()));
    built.getMetadata().setAnnotations(new HashMap<>(built.getMetadata().getAnnotations()));
    return built;
  }
}
