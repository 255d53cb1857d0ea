/// MariaDB and MySQL. Statements about accounts commit by themselves: every one of them is a state
/// that a crash may leave behind, and the mark of an account is written before it. No account holds
/// a mark of ours, so marks lie in a table of the operator's own database. Nobody but the account
/// itself may read its grants: what holds is seen by logging in as it.
@NullMarked
package dev.backingservice.engine.mysql;

import org.jspecify.annotations.NullMarked;
