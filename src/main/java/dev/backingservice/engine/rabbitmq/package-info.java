/// RabbitMQ. Accounts are made through the management API, which is HTTP over TLS; what a login may
/// do is proven on a connection of its own, in AMQP 0-9-1. What has to be remembered on the broker,
/// such as whose an account is, lies in its global parameters.
///
/// Law: a tenant may use the names that begin with its prefix in one virtual host, and no others.
@NullMarked
package dev.backingservice.engine.rabbitmq;

import org.jspecify.annotations.NullMarked;
