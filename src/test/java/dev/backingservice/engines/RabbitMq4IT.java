package dev.backingservice.engines;

import dev.backingservice.sandbox.Rabbitmq.Product;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("RABBITMQ 4") // one method after another
class RabbitMq4IT extends RabbitMqContract {
  RabbitMq4IT() {
    super(Product.RABBITMQ_4);
  }
}
