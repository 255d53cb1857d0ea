/// The fault layer: a proxy between the operator and its API server that lets any write fail in any
/// way, and whole lives of services that must end as undisturbed ones do.
package dev.backingservice.faults;
