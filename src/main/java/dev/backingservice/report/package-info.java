/// Says what happened: status, conditions, events, and when to look again.
///
/// Law: pure. The only package that writes our words outside; messages are sentences without
/// secrets.
@NullMarked
package dev.backingservice.report;

import org.jspecify.annotations.NullMarked;
