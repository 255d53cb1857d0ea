/// What runs in the pods of the story: an application that knows nothing but its binding, and
/// the book that it reports to. Nothing here needs more than the JDK and a JDBC driver.
package dev.backingservice.cluster.workload;
