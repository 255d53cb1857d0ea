package dev.backingservice.engines;

import dev.backingservice.sandbox.Mysql.Product;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("MARIADB 11 8") // one method after another
class MariaDb11IT extends MySqlContract {
  MariaDb11IT() {
    super(Product.MARIADB_11_8);
  }
}
