package dev.backingservice.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.Facts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which namespaces may attach what to which server.
class ConsentTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Optional<EngineKind> POSTGRESQL = Optional.of(EngineKind.PostgreSQL);
  private static final Registry KNOWN =
      new Registry() {
        @Override
        public Optional<BackingServer> find(String name) {
          return Optional.empty();
        }

        @Override
        public List<BackingServer> all() {
          return List.of();
        }

        @Override
        public List<BackingService> others(BackingService service) {
          return List.of();
        }

        @Override
        public String uid(String namespace) {
          return "";
        }

        @Override
        public Map<String, String> labels(String namespace) {
          return namespace.equals("shop") ? Map.of("team", "orders") : Map.of();
        }
      };

  private static BackingServer server(String... lines) {
    return read(
        BackingServer.class,
        "metadata: {name: blue}\nspec:\n  engine: PostgreSQL\n  host: blue.db\n  "
            + String.join("\n  ", lines));
  }

  private static Intent intent(String... lines) {
    var service =
        read(
            BackingService.class,
            "metadata: {name: orders-db, namespace: shop}\nspec:\n  server: blue\n  "
                + String.join("\n  ", lines));
    return ((Facts.Request.Understood) IntentReader.read(service, Case.ENGINES)).intent();
  }

  private static Intent orders() {
    return intent("postgresql: {database: orders}");
  }

  private static <T> T read(Class<T> type, String text) {
    try {
      return YAML.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  private static Optional<Failure> refusal(BackingServer server, String namespace) {
    return new Consent(KNOWN).refusal("blue", Optional.of(server), namespace, POSTGRESQL);
  }

  @ParameterizedTest
  @CsvSource({
    "from: All, shop, true",
    "from: None, shop, false",
    "'from: Selector, selector: {matchLabels: {team: orders}}', shop, true",
    "'from: Selector, selector: {matchLabels: {team: orders}}', other, false",
    "'from: Selector, selector: {matchLabels: {team: billing}}', shop, false",
    "'from: Selector, selector: {matchExpressions: [{key: team, operator: Exists}]}', shop, true",
    "'from: Selector, selector: {matchExpressions: [{key: team, operator: Exists}]}', other, false"
  })
  void aNamespaceIsAdmittedAsTheServerSays(String allowed, String namespace, boolean admitted) {
    var refusal = refusal(server("allowedNamespaces: {" + allowed + "}"), namespace);

    assertThat(refusal.isEmpty()).isEqualTo(admitted);
  }

  @Test
  void nobodyIsAdmittedWhereNothingIsSaid() {
    assertThat(refusal(server(), "shop")).isPresent();
    assertThat(refusal(server("allowedNamespaces: {}"), "shop")).isPresent();
  }

  @Test
  void aServerThatDoesNotExistLooksLikeOneThatDoesNotAdmit() {
    var none = new Consent(KNOWN).refusal("blue", Optional.empty(), "shop", POSTGRESQL);

    assertThat(none).isPresent().isEqualTo(refusal(server(), "shop"));
    assertThat(none.get().reason()).isEqualTo(Reason.ServerNotAvailable);
    assertThat(none.get().message()).startsWith("server blue does not exist or does not admit");
  }

  @Test
  void aServerThatIsBeingDeletedTakesNobody() {
    var going = server("allowedNamespaces: {from: All}");
    going.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");

    assertThat(refusal(going, "shop")).isPresent();
  }

  @Test
  void theBlockHasToBeOfTheServersEngine() {
    var open = Optional.of(server("allowedNamespaces: {from: All}"));
    var consent = new Consent(KNOWN);

    assertThat(consent.refusal("blue", open, "shop", Optional.of(EngineKind.MySQL)))
        .hasValueSatisfying(f -> assertThat(f.reason()).isEqualTo(Reason.EngineMismatch));
    assertThat(consent.refusal("blue", open, "shop", Optional.empty())).isEmpty();
  }

  @Test
  void nothingIsCappedWhereNothingIsSaid() {
    assertThat(Consent.caps(Optional.of(server()), orders())).isEmpty();
    assertThat(Consent.caps(Optional.empty(), orders())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "ReadOnly, ReadWrite, true",
    "ReadWrite, ReadWrite, false",
    "ReadWrite, Owner, true",
    "Owner, Owner, false"
  })
  void accessIsCapped(String most, String access, boolean refused) {
    var server = Optional.of(server("maxAccess: " + most));
    var intent = intent("access: " + access, "postgresql: {database: orders}");

    assertThat(Consent.caps(server, intent).isPresent()).isEqualTo(refused);
    if (refused)
      assertThat(Consent.caps(server, intent).orElseThrow().message())
          .isEqualTo("blue allows access " + most + " at most: set spec.access");
  }

  @Test
  void connectionsAreCapped() {
    var server = Optional.of(server("maxConnections: 10"));

    assertThat(Consent.caps(server, intent("postgresql: {database: x, connectionLimit: 10}")))
        .isEmpty();
    assertThat(Consent.caps(server, intent("postgresql: {database: x, connectionLimit: 11}")))
        .hasValueSatisfying(
            f -> {
              assertThat(f.reason()).isEqualTo(Reason.AccessNotSupported);
              assertThat(f.message()).contains("10 connections at most");
            });
    assertThat(Consent.maxConnections(server)).isEqualTo(10);
    assertThat(Consent.maxConnections(Optional.of(server()))).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void theAdministratorsDatabaseIsNobodys() {
    var server = Optional.of(server("admin: {secretName: s, database: orders}"));

    assertThat(Consent.caps(server, orders()))
        .hasValueSatisfying(f -> assertThat(f.message()).contains("name the application's own"));
    assertThat(Consent.caps(server, intent("postgresql: {database: other}"))).isEmpty();
  }

  @Test
  void whereThereAreNoDatabasesTheAdministratorHasNone() {
    var server = Optional.of(server("admin: {secretName: s}", "unlistedDatabases: Refuse"));

    assertThat(Consent.caps(server, intent("redis: {keyPrefix: 'orders:'}"))).isEmpty();
  }

  @Test
  void aVirtualHostIsGivenToNamespacesAsADatabaseIs() {
    var refusing =
        Optional.of(
            server(
                "unlistedDatabases: Refuse", "databases: [{name: shop/eu, namespaces: [shop]}]"));

    assertThat(Consent.caps(refusing, intent("rabbitmq: {vhost: shop/eu, prefix: orders-}")))
        .isEmpty();
    assertThat(Consent.caps(refusing, intent("rabbitmq: {prefix: orders-}")))
        .hasValueSatisfying(f -> assertThat(f.reason()).isEqualTo(Reason.ServerNotAvailable));
  }

  @Test
  void aDatabaseThatIsNotListedIsRefusedWhereTheServerSaysSo() {
    var refusing =
        Optional.of(
            server(
                "unlistedDatabases: Refuse", "databases: [{name: orders, namespaces: [shop, x]}]"));

    assertThat(Consent.caps(refusing, orders())).isEmpty();
    assertThat(Consent.caps(refusing, intent("postgresql: {database: other}")))
        .hasValueSatisfying(f -> assertThat(f.reason()).isEqualTo(Reason.ServerNotAvailable));
    assertThat(Consent.databases(refusing)).isEqualTo(Map.of("orders", Set.of("shop", "x")));
    assertThat(Consent.databases(Optional.of(server()))).isEmpty();
    assertThat(
            Consent.caps(
                Optional.of(server("unlistedDatabases: Claim")),
                intent("postgresql: {database: other}")))
        .isEmpty();
  }

  @Test
  void onlyAServerThatIsNotSecureRefusesByPosture() {
    var weak =
        status(
            "conditions: [{type: Secure, status: 'False', message: 'DatabaseOpen: everybody reads theirs; close it'}]");

    assertThat(Consent.posture(Optional.of(weak)))
        .hasValueSatisfying(
            f -> {
              assertThat(f.reason()).isEqualTo(Reason.PostureRefused);
              assertThat(f.message())
                  .contains("before the finding DatabaseOpen is mended")
                  .doesNotContain("theirs");
            });
    assertThat(Consent.posture(Optional.of(status("conditions: [{type: Secure, status: 'True'}]"))))
        .isEmpty();
    assertThat(Consent.posture(Optional.of(status("conditions: [{type: Ready, status: 'False'}]"))))
        .isEmpty();
    assertThat(Consent.posture(Optional.of(server()))).isEmpty();
  }

  private static BackingServer status(String status) {
    return read(
        BackingServer.class,
        "metadata: {name: blue}\nspec: {engine: PostgreSQL, host: h}\nstatus: {" + status + "}");
  }

  @Test
  void theLineageIsTheOneThatIsAcceptedOrWasSeenFirst() {
    var seen = status("serverId: L1");
    assertThat(Consent.lineage(Optional.of(seen))).isEqualTo("L1");

    seen.getMetadata().setAnnotations(Map.of("backingservice.dev/accept-identity", "L2"));
    assertThat(Consent.lineage(Optional.of(seen))).isEqualTo("L2");
    assertThat(Consent.lineage(Optional.of(server()))).isEmpty();
    assertThat(Consent.lineage(Optional.empty())).isEmpty();
  }

  @Test
  void whoIsGoneIsSaidByAnnotation() {
    var gone = server();
    gone.getMetadata().setAnnotations(Map.of("backingservice.dev/gone", "L1"));

    assertThat(Consent.gone(Optional.of(gone))).isEqualTo("L1");
    assertThat(Consent.gone(Optional.of(server()))).isEmpty();
    assertThat(Consent.gone(Optional.empty())).isEmpty();
  }
}
