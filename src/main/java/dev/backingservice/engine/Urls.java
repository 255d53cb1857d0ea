package dev.backingservice.engine;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Parts of URLs.
public final class Urls {
  private Urls() {}

  /// RFC 3986, section 2: everything but unreserved characters as %XX; a space never as a plus.
  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  /// A parameter that names a file of the binding; nothing where the client has none.
  public static String file(String parameter, String name, String bindingPath) {
    return parameter.isEmpty()
        ? ""
        : "&" + parameter + "=" + encoded(bindingPath + "/" + name).replace("%2F", "/");
  }
}
