/// The status in both directions: what is remembered, in the words of the resource.
///
/// Law: pure; knows `plan`, `model` and `api`. Words that nobody knows are tolerated; lists and
/// texts are cut to the schema's bounds, with a count.
@NullMarked
package dev.backingservice.status;

import org.jspecify.annotations.NullMarked;
