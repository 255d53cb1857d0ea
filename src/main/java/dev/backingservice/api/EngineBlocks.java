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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The blocks of the other engines. The schema knows them; the operator answers those it does
/// not serve yet with `Accepted=False/EngineNotSupported`.
public final class EngineBlocks {
  private EngineBlocks() {}

  /// What a service asks of a MySQL or MariaDB server.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "!(self.database.lowerAscii() in ['mysql', 'information_schema', 'performance_schema', 'sys', 'backingservice'])",
      message =
          "mysql, information_schema, performance_schema, sys and backingservice belong to the server or the operator itself: name the application's own database")
  public record Mysql(
      @Required
          @Pattern(Texts.IDENTIFIER)
          @Size(min = 1, max = Texts.IDENTIFIER_MAX)
          @JsonPropertyDescription("The database. A change is a swap.")
          String database,
      @Default("Never")
          @JsonPropertyDescription("Never (default), or IfMissing at the very first attachment.")
          PostgresqlBlock.@Nullable CreateDatabase createDatabase,
      @Default("20")
          @Min(1)
          @Max(1000)
          @JsonPropertyDescription("Sessions the login may hold at once; 1 to 1000.")
          @Nullable Integer connectionLimit,
      @Default("MariaDB")
          @JsonPropertyDescription("Which driver jdbc-url and r2dbc-url are written for.")
          @Nullable Driver driver) {

    /// The client driver that `jdbc-url` is written for.
    public enum Driver {
      MariaDB,
      MySQL
    }
  }

  /// What a service asks of a Redis or Valkey server.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "!self.keyPrefix.startsWith('_')",
      message =
          "keys and channels that begin with '_' belong to the server itself: choose another redis.keyPrefix")
  public record Redis(
      @Required
          @Size(min = 1, max = 128)
          @Pattern("^[A-Za-z0-9:._/{}-]+$")
          @JsonPropertyDescription("Every key of the service starts with this, such as orders:.")
          String keyPrefix,
      @Default("Cache")
          @JsonPropertyDescription(
              "Durable: a swap is refused where the new server holds less than half as many keys. Cache: keys are not compared.")
          @Nullable Contents contents) {
    /// What the keys are to the application.
    public enum Contents {
      Cache,
      Durable
    }
  }

  /// What a service asks of a RabbitMQ server.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "!self.prefix.startsWith('amq.') && !'amq.'.startsWith(self.prefix)",
      message =
          "names that begin with 'amq.' belong to the broker itself: choose another rabbitmq.prefix, such as orders-")
  @ValidationRule(
      value =
          "!has(self.vhost) || (self.vhost.matches('^[A-Za-z0-9._:/@-]+$') && !(self.vhost in ['.', '..']))",
      message = "rabbitmq.vhost consists of letters, digits and '._:/@-': choose another one")
  public record Rabbitmq(
      @Default("/") @Size(min = 1, max = 255) @JsonPropertyDescription("The virtual host.")
          @Nullable String vhost,
      @Required
          @Size(min = 1, max = 128)
          @Pattern("^[A-Za-z0-9._-]+$")
          @JsonPropertyDescription("Names of queues and exchanges the service may use start so.")
          String prefix) {}

  /// What a service asks of an SMTP server.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "self.sender.matches('^[A-Za-z0-9.!#$%&*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$')",
      message =
          "smtp.sender is the address of a mailbox and nothing else: write orders@example.org")
  public record Smtp(
      @Required
          @Size(min = 3, max = 254)
          @JsonPropertyDescription(
              "The address that mails come from, such as orders@example.org. A change makes a new epoch.")
          String sender,
      @Required
          @Pattern(Texts.NAME)
          @Size(min = 1, max = Texts.NAME_MAX)
          @JsonPropertyDescription(
              "Secret in the same namespace with the keys username and password. New content makes a new epoch.")
          String credentialsSecretName) {}

  /// What a service says about any other server.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = Texts.ENTRIES_ARE_KEYS,
      message = "keys of generic.entries consist of letters, digits, '-', '_' and '.'")
  @ValidationRule(
      value = Texts.ENTRIES_LOAD_NO_CODE,
      message =
          "generic.entries cannot have a key that as a variable makes programs load code or changes their search path (LD_PRELOAD, JAVA_TOOL_OPTIONS, PATH, ...): choose another key")
  @ValidationRule(
      value = "!has(self.entries) || self.entries.all(k, !k.matches('" + Texts.FIXED + "'))",
      message =
          "generic.entries cannot have a key that comes from the server or from generic.type (type, provider, host, port, ca.crt, ...): choose another key")
  public record Generic(
      @Required
          @Size(min = 1, max = 63)
          @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
          @JsonPropertyDescription("The binding's type, such as kafka. A change makes a new epoch.")
          String type,
      @Pattern(Texts.NAME)
          @Size(min = 1, max = Texts.NAME_MAX)
          @JsonPropertyDescription(
              "Secret in the same namespace with the keys username and password. New content makes a new epoch.")
          @Nullable String credentialsSecretName,
      @Size(max = 32)
          @JsonPropertyDescription(
              "Keys of the binding, with the placeholders {host} {port} {username} {password} {bindingPath}, each also as {...:pct}, percent-encoded; username, password and uri are replaced by entries of that name.")
          @Nullable Map<String, @Size(max = 1024) String> entries) {}
}
