package dev.backingservice.engines;

import dev.backingservice.sandbox.Redis.Product;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("REDIS 8") // one method after another
class Redis8IT extends RedisContract {
  Redis8IT() {
    super(Product.REDIS_8);
  }
}
