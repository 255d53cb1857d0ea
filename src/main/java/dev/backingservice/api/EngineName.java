package dev.backingservice.api;

/// The protocol family of a server. MySQL serves MariaDB too, Redis serves Valkey too.
public enum EngineName {
  PostgreSQL,
  MySQL,
  Redis,
  RabbitMQ,
  SMTP,
  Generic
}
