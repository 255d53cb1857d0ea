package dev.backingservice.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What of a server a binding leads to. It is persisted as [#fields] and says itself in words.
public sealed interface Scope {
  /// Schemas of a database.
  ///
  /// @param names at least one; what is not named otherwise is made in the first
  record Schema(String database, List<String> names) implements Scope {
    private static final String SEPARATOR = ",";

    public Schema {
      names = List.copyOf(names);
    }

    public Schema(String database, String... names) {
      this(database, List.of(names));
    }

    public String first() {
      return names.getFirst();
    }

    /// All of them as one text: no schema of a place has a comma in its name.
    public String joined() {
      return String.join(SEPARATOR, names);
    }

    /// The name of something in one of them, as it is told apart within all of them.
    public String local(Schema in, String name) {
      return in.first().equals(first()) ? name : in.first() + "." + name;
    }

    /// Each of them alone.
    public List<Schema> each() {
      return names.stream().map(name -> new Schema(database, name)).toList();
    }

    @Override
    public String toString() {
      return "%s %s of database %s"
          .formatted(names.size() == 1 ? "schema" : "schemas", String.join(", ", names), database);
    }
  }

  /// A whole database.
  record Database(String name) implements Scope {
    @Override
    public String toString() {
      return "database " + name;
    }
  }

  /// All keys with a prefix.
  record Keys(String prefix) implements Scope {
    @Override
    public String toString() {
      return "keys with the prefix " + prefix;
    }
  }

  /// The names with a prefix in a virtual host.
  record VirtualHost(String name, String prefix) implements Scope {
    @Override
    public String toString() {
      return "names with the prefix %s in virtual host %s".formatted(prefix, name);
    }
  }

  /// One sender's address.
  record Sender(String address) implements Scope {
    @Override
    public String toString() {
      return "sender " + address;
    }
  }

  /// All of it.
  record Whole() implements Scope {
    @Override
    public String toString() {
      return "the whole server";
    }
  }

  /// As it is persisted: a name for each part.
  default SortedMap<String, String> fields() {
    return new TreeMap<>(
        switch (this) {
          case Schema schema -> Map.of("database", schema.database, "schema", schema.joined());
          case Database(var name) -> Map.of("database", name);
          case Keys(var prefix) -> Map.of("keyPrefix", prefix);
          case VirtualHost(var name, var prefix) -> Map.of("prefix", prefix, "vhost", name);
          case Sender(var address) -> Map.of("sender", address);
          case Whole _ -> Map.of();
        });
  }

  /// The scope that was persisted with these [#fields]; names that nobody knows count for nothing.
  static Scope of(Map<String, String> fields) {
    var f = new TreeMap<>(fields);
    if (f.containsKey("schema"))
      return new Schema(
          f.getOrDefault("database", ""), List.of(f.get("schema").split(Schema.SEPARATOR)));
    if (f.containsKey("database")) return new Database(f.get("database"));
    if (f.containsKey("keyPrefix")) return new Keys(f.get("keyPrefix"));
    if (f.containsKey("vhost"))
      return new VirtualHost(f.get("vhost"), f.getOrDefault("prefix", ""));
    if (f.containsKey("sender")) return new Sender(f.get("sender"));
    return new Whole();
  }

  /// The database or virtual host it lies in, where the engine has such: what the platform team
  /// gives to namespaces.
  default Optional<String> databaseName() {
    return this instanceof VirtualHost(var name, _)
        ? Optional.of(name)
        : Optional.ofNullable(fields().get("database"));
  }
}
