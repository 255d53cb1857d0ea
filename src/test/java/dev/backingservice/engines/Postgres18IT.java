package dev.backingservice.engines;

class Postgres18IT extends PostgresContract {
  Postgres18IT() {
    super(18);
  }
}
