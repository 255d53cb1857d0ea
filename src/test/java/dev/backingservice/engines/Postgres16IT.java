package dev.backingservice.engines;

class Postgres16IT extends PostgresContract {
  Postgres16IT() {
    super(16);
  }
}
