package dev.backingservice.bench;

/// What work costs, each counted from the start of its process.
enum Cost {
  /// Processor time of the operator, in milliseconds.
  OPERATOR,
  /// Processor time of the API server, in milliseconds.
  API_SERVER,
  /// Processor time of etcd, in milliseconds.
  ETCD,
  /// Processor time of the servers, in milliseconds.
  SERVERS,
  /// Requests of the operator to the API server that concern a service.
  REQUESTS,
  /// Those of them that write, events included.
  WRITES,
  /// Statements, commands and requests to the servers.
  STATEMENTS,
  /// Transactions at the servers.
  TRANSACTIONS,
  /// Sessions at the servers that the operator began.
  LOGINS,
  /// Bytes that the operator read, files included.
  READ,
  /// Bytes that the operator wrote, files included.
  WRITTEN
}
