package dev.backingservice.binding;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Fills the placeholders of a user's own entries. What is no placeholder stays as it is.
record Template(Map<String, String> values, String bindingPath) {
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{(host|port|username|password|database|schema|bindingPath)(:pct)?}");

  Template {
    values = Map.copyOf(values);
  }

  Map<String, String> render(Map<String, String> templates) {
    var rendered = new LinkedHashMap<String, String>();
    templates.forEach((name, text) -> rendered.put(name, render(text)));
    return rendered;
  }

  private String render(String text) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(m -> Matcher.quoteReplacement(value(m.group(1), m.group(2) != null)));
  }

  private String value(String name, boolean encode) {
    var value = name.equals("bindingPath") ? bindingPath : values.getOrDefault(name, "");
    return encode ? URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20") : value;
  }
}
