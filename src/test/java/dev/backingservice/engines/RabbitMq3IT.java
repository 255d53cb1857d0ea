package dev.backingservice.engines;

import dev.backingservice.sandbox.Rabbitmq.Product;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("RABBITMQ 3") // one method after another
class RabbitMq3IT extends RabbitMqContract {
  RabbitMq3IT() {
    super(Product.RABBITMQ_3);
  }
}
