/// What the engines that speak SQL share: connections of JDBC drivers, and statements on them. It
/// knows no engine, and nobody but these engines knows JDBC.
@NullMarked
package dev.backingservice.engine.jdbc;

import org.jspecify.annotations.NullMarked;
