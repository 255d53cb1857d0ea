package dev.backingservice.model;

/// Where a server listens.
///
/// @param host DNS name or IP literal, never empty
/// @param port TCP port, 1 to 65535
public record Endpoint(String host, int port) {
  public Endpoint {
    if (host.isBlank()) throw new IllegalArgumentException("an endpoint needs a host");
    if (port < 1 || port > 65535) throw new IllegalArgumentException("port " + port);
  }

  /// As it stands in a URL: IPv6 literals in brackets (RFC 3986, section 3.2.2).
  public String authority() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  @Override
  public String toString() {
    return authority();
  }
}
