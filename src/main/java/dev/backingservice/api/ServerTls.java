package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How connections to a server are protected.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ServerTls(
    @Default("VerifyFull")
        @JsonPropertyDescription(
            "VerifyFull: certificate and host name; VerifyCA: certificate only; Disabled: no TLS (a Critical finding).")
        @Nullable Mode mode,
    @JsonPropertyDescription(
            "The anchors that the server's certificate must lead to; absent: the operator's own authority and the system's trust store.")
        @Nullable Ca ca,
    @Default("Offered")
        @JsonPropertyDescription(
            "Offered: a client certificate is issued but not named in URLs; Required: named in URLs too.")
        @Nullable ClientCertificate clientCertificate,
    @JsonPropertyDescription(
            "SMTP: Implicit (TLS from the start) or StartTLS; by default Implicit at port 465 and StartTLS at every other.")
        @Nullable Handshake handshake,
    @JsonPropertyDescription("The operator issues the server's own certificate into this Secret.")
        @Nullable ServerCertificate serverCertificate) {

  /// What is verified.
  public enum Mode {
    VerifyFull,
    VerifyCA,
    Disabled
  }

  /// How TLS begins.
  public enum Handshake {
    Implicit,
    StartTLS
  }

  /// Whether URLs name the client certificate.
  public enum ClientCertificate {
    Offered,
    Required
  }

  /// Where the anchors are, in the operator's own namespace.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "has(self.secretName) != has(self.configMapName)",
      message = "set exactly one of ca.secretName and ca.configMapName")
  public record Ca(
      @Pattern(Texts.NAME)
          @Size(min = 1, max = Texts.NAME_MAX)
          @JsonPropertyDescription("Secret in the operator's namespace.")
          @Nullable String secretName,
      @Pattern(Texts.NAME)
          @Size(min = 1, max = Texts.NAME_MAX)
          @JsonPropertyDescription("ConfigMap in the operator's namespace.")
          @Nullable String configMapName,
      @Default("ca.crt")
          @Pattern(Texts.KEY)
          @Size(min = 1, max = 253)
          @JsonPropertyDescription("The key that holds the PEM text.")
          @Nullable String key) {}

  /// A server certificate for the server itself.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ServerCertificate(
      @Required
          @Pattern(Texts.NAME)
          @Size(min = 1, max = Texts.NAME_MAX)
          @JsonPropertyDescription("Secret of type kubernetes.io/tls in the operator's namespace.")
          String secretName,
      @Required
          @Size(min = 1, max = 16)
          @JsonPropertyDescription("Names and addresses the certificate is good for.")
          List<@Size(min = 1, max = 253) String> dnsNames) {}
}
