package dev.backingservice.engines;

import dev.backingservice.sandbox.Mysql.Product;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("MARIADB 10 11") // one method after another
class MariaDb10IT extends MySqlContract {
  MariaDb10IT() {
    super(Product.MARIADB_10_11);
  }
}
