/// What Kubernetes can be asked, and how our words are written into its objects.
///
/// Law: knows `model` and Fabric8 only; knows no engine and no plan. Reading methods read by
/// name; writing ones are called by `act` alone. Nothing is ever forced on a workload.
@NullMarked
package dev.backingservice.kube;

import org.jspecify.annotations.NullMarked;
