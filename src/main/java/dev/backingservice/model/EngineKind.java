package dev.backingservice.model;

/// A protocol family of attached servers, by the name that `spec.engine` has for it. MySQL serves
/// MariaDB too, Redis serves Valkey too. Whoever adds an engine names it itself.
public record EngineKind(String name) implements Comparable<EngineKind> {
  public static final EngineKind PostgreSQL = new EngineKind("PostgreSQL");
  public static final EngineKind MySQL = new EngineKind("MySQL");
  public static final EngineKind Redis = new EngineKind("Redis");
  public static final EngineKind RabbitMQ = new EngineKind("RabbitMQ");
  public static final EngineKind SMTP = new EngineKind("SMTP");
  public static final EngineKind Generic = new EngineKind("Generic");

  @Override
  public int compareTo(EngineKind other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
