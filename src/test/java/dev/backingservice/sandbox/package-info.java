/// The sandbox: a real control plane, real PostgreSQL servers with TLS, and the operator as its
/// own process, all on loopback. Tests, demo and `make sandbox` use the same one.
package dev.backingservice.sandbox;
