package dev.backingservice.engines;

import dev.backingservice.sandbox.Redis.Product;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("VALKEY 8") // one method after another
class Valkey8IT extends RedisContract {
  Valkey8IT() {
    super(Product.VALKEY_8);
  }
}
