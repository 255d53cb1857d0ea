package dev.backingservice.engines;

import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("PostgreSQL 16") // one method after another
class Postgres16IT extends EscapesContract {
  Postgres16IT() {
    super(16);
  }
}
