/// The words outside: the two kinds people write, as records with their prose and their rules.
///
/// Law: knows the annotations of Fabric8 and Jackson and nothing else of this project. Fields
/// are only ever added; a default never changes. Everything is flat and optional here, what
/// makes sense is decided when a resource is read (package `observe`).
@NullMarked
package dev.backingservice.api;

import org.jspecify.annotations.NullMarked;
