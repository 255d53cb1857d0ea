/// PostgreSQL 14 to 18: least privilege, hardening against the servers it administers, and the
/// fence.
///
/// Law: the only package that sees JDBC. Every administrator session pins its settings in the
/// start-up packet and reads them back before it does anything; every changing transaction
/// takes its advisory locks, group before service, and stops when a later leader has left its
/// term.
@NullMarked
package dev.backingservice.engine.postgresql;

import org.jspecify.annotations.NullMarked;
