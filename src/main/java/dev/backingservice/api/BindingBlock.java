package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The Secret that carries the binding.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "has(self.secretName) == has(oldSelf.secretName) && (!has(self.secretName) || self.secretName == oldSelf.secretName)",
    message = "binding.secretName is immutable: create another BackingService for another Secret")
@ValidationRule(
    value = Texts.ENTRIES_ARE_KEYS,
    message = "keys of binding.entries consist of letters, digits, '-', '_' and '.'")
@ValidationRule(
    value = Texts.ENTRIES_LOAD_NO_CODE,
    message =
        "binding.entries cannot have a key that as a variable makes programs load code or changes their search path (LD_PRELOAD, JAVA_TOOL_OPTIONS, PATH, ...): choose another key")
@ValidationRule(
    value =
        "!has(self.entries) || self.entries.all(k, !(k in ['type', 'provider', 'host', 'port', 'database', 'username', 'password', 'uri', 'jdbc-url', 'r2dbc-url', 'ca.crt', 'tls.crt', 'tls.key', 'keystore.p12', 'keystore-password']))",
    message =
        "binding.entries adds keys and cannot replace those of the engine (type, host, uri, ...): choose another key")
public record BindingBlock(
    @Pattern(Texts.NAME)
        @Size(min = 1, max = Texts.NAME_MAX)
        @JsonPropertyDescription("Name of the Secret; metadata.name by default. Immutable.")
        @Nullable String secretName,
    @Size(max = 32)
        @JsonPropertyDescription(
            "More keys, with the placeholders {host} {port} {username} {password} {database} {schema} {bindingPath}, each also as {...:pct}, percent-encoded.")
        @Nullable Map<String, @Size(max = 1024) String> entries,
    @Default("PKCS12")
        @JsonPropertyDescription(
            "PKCS12 (default): keys keystore.p12 and keystore-password for Java clients. None: without them; Quarkus and Spring Cloud Bindings (from 2.0.2) read a mounted binding only when all of it is text (tls.pk8, which a server with clientCertificate Required adds, is none). A change makes a new epoch.")
        @Nullable KeyStore keystore) {

  /// What Java clients take a certificate from.
  public enum KeyStore {
    PKCS12,
    None
  }
}
