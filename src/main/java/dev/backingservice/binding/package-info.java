/// The binding Secret in both directions: keys, annotations, seal, debts. Whoever writes a thing
/// here is read here.
///
/// Law: knows `model`, Fabric8 and Jackson only. The seal is checked before anything is parsed:
/// nothing that a tenant may edit stops a reconcile.
@NullMarked
package dev.backingservice.binding;

import org.jspecify.annotations.NullMarked;
