package dev.backingservice.model;

import java.util.regex.Pattern;

/// Where a server listens.
///
/// @param host DNS name or IP literal, never empty
/// @param port TCP port, 1 to 65535
public record Endpoint(String host, int port) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9._]*[A-Za-z0-9])?");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  public Endpoint {
    if (!isHost(host)) throw new IllegalArgumentException("a host is a DNS name or an IP address");
    if (port < 1 || port > 65535) throw new IllegalArgumentException("port " + port);
  }

  /// Whether a text is a DNS name or an IP literal, and nothing else.
  public static boolean isHost(String text) {
    return text.length() <= 253 && (NAME.matcher(text).matches() || IPV6.matcher(text).matches());
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
