package dev.backingservice.model;

/// One login on one server, with the rights it was given and the epoch of its credential.
///
/// @param place where it leads
/// @param serverId the lineage it was made on
/// @param login name of the account
/// @param access the rights that were given; a fence counts with these, not with today's wish
/// @param epoch counts the published credentials of a service, from 1
public record Attachment(Place place, String serverId, String login, Access access, long epoch) {
  public Attachment {
    if (epoch < 1) throw new IllegalArgumentException("epochs count from 1");
  }

  public String server() {
    return place.server();
  }

  /// The same credential with other rights.
  public Attachment with(Access other) {
    return new Attachment(place, serverId, login, other, epoch);
  }

  /// Whether both are one credential, whatever its rights.
  public boolean same(Attachment other) {
    return equals(other.with(access));
  }

  /// Whether both are one account on one server, whatever the epoch.
  public boolean sameLogin(Attachment other) {
    return server().equals(other.server()) && login.equals(other.login);
  }
}
