/// The benchmarks: how long the operator takes, what it asks of the API server and of its servers,
/// and what each process costs the machine. Each benchmark writes a table of
/// `src/docs/performance.md`. No test depends on a time; bounds on counts are in `CountsIT`.
package dev.backingservice.bench;
