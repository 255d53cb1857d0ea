package dev.backingservice.model;

/// A weakness of a server.
///
/// @param id fixed name, documented in `src/docs/reference.md`
/// @param remedy what heals it
public record Finding(Id id, String message, String remedy) {

  /// How bad it is.
  public enum Severity {
    Warning,
    Critical
  }

  /// Every weakness the operator knows.
  public enum Id {
    TlsNotVerified(Severity.Critical),
    AnonymousUser(Severity.Critical),
    DefaultUserOpen(Severity.Critical),
    GuestReachable(Severity.Critical),
    OpenRelay(Severity.Critical),
    AdminDatabaseWritable(Severity.Critical),
    AdminDatabaseOpen(Severity.Warning),
    DatabaseOpen(Severity.Warning),
    SchemaOpen(Severity.Warning),
    HostNameNotVerified(Severity.Warning),
    PlaintextAccepted(Severity.Warning),
    OldVersion(Severity.Warning),
    ForeignGrant(Severity.Warning),
    ForeignOwner(Severity.Warning),
    LoginKept(Severity.Warning),
    TimelineWithheld(Severity.Warning),
    AclNotSaved(Severity.Warning),
    VirtualHostShared(Severity.Warning),
    MarksWritable(Severity.Warning),
    AuthBeforeTls(Severity.Warning),
    ForeignSenderAccepted(Severity.Warning),
    StatementLogging(Severity.Warning),
    AdminTooStrong(Severity.Warning),
    CannotSignal(Severity.Warning),
    NoConnectionReserved(Severity.Warning);

    private final Severity severity;

    Id(Severity severity) {
      this.severity = severity;
    }

    public Severity severity() {
      return severity;
    }
  }

  public Severity severity() {
    return id.severity();
  }
}
