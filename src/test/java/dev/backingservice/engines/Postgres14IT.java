package dev.backingservice.engines;

class Postgres14IT extends PostgresContract {
  Postgres14IT() {
    super(14);
  }
}
