package dev.backingservice.engine.mysql;

import dev.backingservice.model.Sensitive;
import java.util.Set;

/// What the two servers say differently.
enum Dialect {
  MariaDB(
      "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'UPTIME'",
      "information_schema.processlist",
      "CONNECTION ADMIN",
      4151) {
    @Override
    String identified(Sensitive password, byte[] salt) {
      return "IDENTIFIED VIA mysql_native_password USING '"
          + Verifiers.nativePassword(password)
          + "'";
    }
  },
  MySQL(
      "SELECT variable_value FROM performance_schema.global_status WHERE variable_name = 'Uptime'",
      "performance_schema.processlist",
      "CONNECTION_ADMIN",
      3118) {
    @Override
    String identified(Sensitive password, byte[] salt) {
      return "IDENTIFIED WITH caching_sha2_password AS 0x" + Verifiers.cachingSha2(password, salt);
    }
  };

  private final String uptime;
  private final String processes;
  private final String ending;
  private final int locked;

  Dialect(String uptime, String processes, String ending, int locked) {
    this.uptime = uptime;
    this.processes = processes;
    this.ending = ending;
    this.locked = locked;
  }

  static Dialect of(String version) {
    return version.contains("MariaDB") ? MariaDB : MySQL;
  }

  /// How an account is given a password: only what verifies it is sent.
  abstract String identified(Sensitive password, byte[] salt);

  /// How long the server has been running, in seconds.
  String uptime() {
    return uptime;
  }

  /// The table of all connections that waits for none of them: MySQL's other one waits for whoever
  /// is changing its user.
  String processes() {
    return processes;
  }

  /// The privilege to end the connections of others, besides SUPER.
  String ending() {
    return ending;
  }

  /// Whether an error says that an account is locked; its password was right then.
  static boolean saysLocked(int error) {
    return Set.of(MariaDB.locked, MySQL.locked).contains(error);
  }
}
