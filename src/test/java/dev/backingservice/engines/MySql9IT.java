package dev.backingservice.engines;

import dev.backingservice.sandbox.Mysql.Product;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("MYSQL 9") // one method after another
class MySql9IT extends MySqlContract {
  MySql9IT() {
    super(Product.MYSQL_9);
  }
}
