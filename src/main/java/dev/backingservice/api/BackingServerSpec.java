package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the platform team says about a server.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.engine == oldSelf.engine",
    message =
        "engine is immutable: create another BackingServer and point the services' spec.server to it")
@ValidationRule(
    value = "self.host == oldSelf.host",
    message =
        "host is immutable: create another BackingServer and point the services' spec.server to it")
@ValidationRule(
    value = "has(self.port) == has(oldSelf.port) && (!has(self.port) || self.port == oldSelf.port)",
    message =
        "port is immutable: create another BackingServer and point the services' spec.server to it")
@ValidationRule(
    value = "self.engine != 'Generic' || has(self.port)",
    message = "engine Generic has no usual port: set spec.port")
@ValidationRule(
    value = "self.engine in ['SMTP', 'Generic'] || has(self.admin) || has(self.primary)",
    message =
        "this engine needs spec.admin.secretName: a Secret with username and password in the operator's namespace")
@ValidationRule(
    value =
        "has(self.primary) == has(oldSelf.primary) && (!has(self.primary) || self.primary == oldSelf.primary)",
    message =
        "primary is immutable: create another BackingServer and point the services' spec.server to it")
@ValidationRule(
    value = "self.engine == 'PostgreSQL' || !has(self.primary)",
    message =
        "only PostgreSQL has standbys whose accounts are kept by their primary: remove spec.primary")
@ValidationRule(
    value = "!(self.engine in ['SMTP', 'Generic']) || !has(self.admin)",
    message = "engines SMTP and Generic have no administrator: remove spec.admin")
@ValidationRule(
    value =
        "self.engine == 'PostgreSQL' || !has(self.admin) || !has(self.admin.auth) || self.admin.auth == 'Password'",
    message =
        "only PostgreSQL takes tokens of a cloud: set spec.admin.auth: Password, and the key password of the Secret")
@ValidationRule(
    value = "self.engine in ['PostgreSQL', 'MySQL', 'RabbitMQ'] || !has(self.databases)",
    message =
        "only PostgreSQL and MySQL have databases, and RabbitMQ virtual hosts: remove spec.databases")
@ValidationRule(
    value = "self.engine == 'SMTP' || !has(self.tls) || !has(self.tls.handshake)",
    message = "only SMTP has two ways to begin TLS: remove spec.tls.handshake")
@ValidationRule(
    value =
        "!has(self.tls) || !has(self.tls.serverCertificate) || self.host in self.tls.serverCertificate.dnsNames",
    message =
        "tls.serverCertificate.dnsNames must include spec.host, or no client could verify the certificate: add it")
@ValidationRule(
    value =
        "self.host.matches('^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$') || (self.host.contains(':') && isIP(self.host))",
    message =
        "host is a DNS name or an IP address such as db.internal or 10.0.0.7: no scheme, port or path")
public record BackingServerSpec(
    @Required
        @JsonPropertyDescription(
            "The protocol family of the server. Immutable. MySQL serves MariaDB too, Redis serves Valkey too.")
        EngineName engine,
    @Required
        @Size(min = 1, max = 253)
        @JsonPropertyDescription("DNS name or IP literal, never a URL. Immutable.")
        String host,
    @Min(1)
        @Max(65535)
        @JsonPropertyDescription(
            "TCP port; by default the engine's own (5432, 3306, 6379, 5671, 587); required for Generic. Immutable.")
        @Nullable Integer port,
    @JsonPropertyDescription("The account that makes accounts; PostgreSQL, MySQL, Redis, RabbitMQ.")
        @Nullable Admin admin,
    @Default("{}") @JsonPropertyDescription("How the connection is protected.")
        @Nullable ServerTls tls,
    @Default("{}") @JsonPropertyDescription("Which namespaces may attach.")
        @Nullable AllowedNamespaces allowedNamespaces,
    @Default("{}") @JsonPropertyDescription("What a weak server means for new attachments.")
        @Nullable Posture posture,
    @Size(max = 64)
        @JsonPropertyDescription(
            "Who may attach which database; a database that is not listed belongs to the first namespace that attaches it.")
        @Nullable List<DatabaseGrant> databases,
    @Default("Claim")
        @JsonPropertyDescription(
            "A database that databases does not list. Claim (default): it belongs to the first namespace that attaches it; Refuse: nobody may attach it.")
        @Nullable UnlistedDatabases unlistedDatabases,
    @Default("Fence")
        @JsonPropertyDescription(
            "A promotion behind the name of the server. Fence (default): its predecessor may be alive, so every service gets a new login and every workload moves to it. Trust: a cluster that fences its own, such as Patroni, CloudNativePG or a managed one, answers there; nobody moves.")
        @Nullable Promotions promotions,
    @Pattern(Texts.NAME)
        @Size(min = 1, max = Texts.NAME_MAX)
        @JsonPropertyDescription(
            "PostgreSQL: the BackingServer of the primary that this one is a standby of. Services with access ReadOnly attach to it; their accounts are made on the primary, within what both servers allow. Immutable. Without spec.admin, the primary's administrator is used here as well.")
        @Nullable String primary,
    @Default("Owner")
        @JsonPropertyDescription(
            "The most access that a service may ask for here; Owner by default.")
        BackingServiceSpec.@Nullable AccessLevel maxAccess,
    @Default("1000")
        @Min(1)
        @Max(1000)
        @JsonPropertyDescription(
            "The most that a connectionLimit may ask for here; 1000 by default.")
        @Nullable Integer maxConnections,
    @Pattern(Texts.NAME)
        @Size(min = 1, max = Texts.NAME_MAX)
        @JsonPropertyDescription(
            "Another BackingServer: every service whose spec.server names this one is swapped there. Removing the field moves nothing back. Not supported yet.")
        @Nullable String replacedBy) {

  /// Who makes sure that a promoted server's predecessor takes no writes.
  public enum Promotions {
    Fence,
    Trust
  }

  /// What becomes of a database that nobody lists.
  public enum UnlistedDatabases {
    Claim,
    Refuse
  }

  /// The administrator's account and where it logs in.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Admin(
      @Required
          @Pattern(Texts.NAME)
          @Size(min = 1, max = Texts.NAME_MAX)
          @JsonPropertyDescription(
              "Secret in the operator's own namespace with keys username and password; with the key host it is used for that host only.")
          String secretName,
      @Pattern(Texts.IDENTIFIER)
          @Size(min = 1, max = Texts.IDENTIFIER_MAX)
          @JsonPropertyDescription(
              "PostgreSQL, MySQL: the database where the administrator logs in.")
          @Nullable String database,
      @Default("Password")
          @JsonPropertyDescription(
              "PostgreSQL: how the administrator proves that it is the one. Password (default): with the Secret's password. AWSIAM, AzureEntra, GCPIAM: with a token that is made from the identity of the operator's pod; the Secret has username only.")
          @Nullable Auth auth,
      @JsonPropertyDescription("Administration goes to another address, past a pooler for example.")
          @Nullable Endpoint endpoint) {}

  /// How the administrator proves that it is the one.
  public enum Auth {
    Password,
    AWSIAM,
    AzureEntra,
    GCPIAM
  }

  /// A host and a port.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "self.host.matches('^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$') || (self.host.contains(':') && isIP(self.host))",
      message =
          "admin.endpoint.host is a DNS name or an IP address such as db.internal or 10.0.0.7: no scheme, port or path")
  public record Endpoint(
      @Required @Size(min = 1, max = 253) @JsonPropertyDescription("DNS name or IP literal.")
          String host,
      @Min(1) @Max(65535) @JsonPropertyDescription("TCP port; by default the engine's own.")
          @Nullable Integer port) {}

  /// Who may attach one database.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record DatabaseGrant(
      @Required
          @Pattern("^[A-Za-z0-9_./:@-][A-Za-z0-9_.$/:@-]*$")
          @Size(min = 1, max = 255)
          @JsonPropertyDescription("The database, or the virtual host of RabbitMQ.")
          String name,
      @Required @Size(min = 1, max = 64) @JsonPropertyDescription("Namespaces that may attach it.")
          List<@Size(min = 1, max = 63) String> namespaces) {}

  /// From which finding on a new attachment is refused.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Posture(
      @Default("Critical")
          @JsonPropertyDescription(
              "The mildest finding that refuses a NEW attachment; later findings never touch an existing one.")
          @Nullable Refuse refuse) {

    /// The mildest finding that refuses.
    public enum Refuse {
      Critical,
      Warning,
      Nothing
    }
  }
}
