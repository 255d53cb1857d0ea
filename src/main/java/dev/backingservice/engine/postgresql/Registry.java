package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Term;
import java.util.Set;

/// What the sessions of one engine share.
///
/// @param complete which groups were found complete a short while ago
/// @param foreign whose relations the administrator may not grant
/// @param open what every role may do where services are
/// @param identification how each server tells who it is
record Registry(
    Marks marks,
    Term term,
    CompleteGroups complete,
    ForeignOwners foreign,
    PublicRights open,
    Identification identification) {
  Registry(Marks marks, Term term) {
    this(
        marks,
        term,
        new CompleteGroups(),
        new ForeignOwners(),
        new PublicRights(),
        new Identification());
  }

  void keep(Set<Server> stillThere) {
    foreign.keep(stillThere);
    open.keep(stillThere);
    identification.keep(stillThere);
  }
}
