package dev.backingservice.engines;

import dev.backingservice.sandbox.Redis.Product;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("REDIS 7") // one method after another
class Redis7IT extends RedisContract {
  Redis7IT() {
    super(Product.REDIS_7);
  }
}
