package dev.backingservice.model;

/// The protocol families of attached servers. MySQL serves MariaDB too, Redis serves Valkey too.
public enum EngineKind {
  PostgreSQL,
  MySQL,
  Redis,
  RabbitMQ,
  SMTP,
  Generic
}
