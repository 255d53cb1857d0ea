package dev.backingservice.model;

/// One login on one server, with the epoch of its credential.
///
/// @param place where it leads
/// @param serverId the lineage it was made on
/// @param login name of the account
/// @param epoch counts the published credentials of a service, from 1
public record Attachment(Place place, String serverId, String login, long epoch) {
  public Attachment {
    if (epoch < 1) throw new IllegalArgumentException("epochs count from 1");
  }

  public String server() {
    return place.server();
  }
}
