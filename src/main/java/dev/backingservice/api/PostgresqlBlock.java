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

/// What a service asks of a PostgreSQL server.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!(self.database in ['postgres', 'template0', 'template1'])",
    message =
        "postgres, template0 and template1 belong to the server itself: name the application's own database")
@ValidationRule(
    value =
        "!has(self.schema) || (!self.schema.startsWith('pg_') && self.schema != 'information_schema')",
    message =
        "schemas that start with pg_ and information_schema belong to the server itself: name the application's own schema")
@ValidationRule(
    value =
        "!has(self.statementTimeout) || (duration(self.statementTimeout) >= duration('1ms') && duration(self.statementTimeout) <= duration('24h'))",
    message = "postgresql.statementTimeout is between 1ms and 24h")
@ValidationRule(
    value =
        "!has(self.schemas) || !has(self.schema) || self.schema == 'public' || self.schema == self.schemas[0]",
    message = "name all schemas in postgresql.schemas, and remove postgresql.schema")
@ValidationRule(
    value =
        "!has(self.schemas) || self.schemas.all(s, s.matches('"
            + Texts.IDENTIFIER
            + "') && !s.startsWith('pg_') && s != 'information_schema')",
    message =
        "each of postgresql.schemas is an identifier of letters, digits, '_', '$' and '-', and none of the server's own (pg_..., information_schema)")
@ValidationRule(
    value = "!has(self.schemas) || self.schemas.all(s, self.schemas.exists_one(t, t == s))",
    message = "postgresql.schemas names each schema once")
public record PostgresqlBlock(
    @Required
        @Pattern(Texts.IDENTIFIER)
        @Size(min = 1, max = Texts.IDENTIFIER_MAX)
        @JsonPropertyDescription("The database. A change is a swap.")
        String database,
    @Default("public")
        @Pattern(Texts.IDENTIFIER)
        @Size(min = 1, max = Texts.IDENTIFIER_MAX)
        @JsonPropertyDescription("The schema; public by default. A change is a swap.")
        @Nullable String schema,
    @Default("Never")
        @JsonPropertyDescription(
            "Never (default), or IfMissing: created at the very first attachment, never at a swap.")
        @Nullable CreateDatabase createDatabase,
    @Default("20")
        @Min(1)
        @Max(1000)
        @JsonPropertyDescription("Sessions the login may hold at once; 1 to 1000.")
        @Nullable Integer connectionLimit,
    @Pattern(Texts.DURATION)
        @Size(max = Texts.DURATION_MAX)
        @JsonPropertyDescription("The server ends statements that take longer; none by default.")
        @Nullable String statementTimeout,
    @Size(min = 1, max = 8)
        @JsonPropertyDescription(
            "Several schemas of the database, used with one level of access; the first is where objects are made that are not named otherwise. In place of schema. A change is a swap.")
        @Nullable List<@Size(min = 1, max = Texts.IDENTIFIER_MAX) String> schemas) {

  /// Whether a missing database is created.
  public enum CreateDatabase {
    Never,
    IfMissing
  }
}
