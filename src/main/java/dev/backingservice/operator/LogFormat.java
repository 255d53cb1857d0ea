package dev.backingservice.operator;

import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/// `BACKING_LOG_FORMAT`: `text` (default) or `json`, in the words of the logging extension.
public final class LogFormat implements ConfigSource {
  private static final String JSON = "quarkus.log.console.json.enabled";
  private static final int ORDINAL = 275;

  private final Map<String, String> properties;

  public LogFormat() {
    this(System.getenv("BACKING_LOG_FORMAT"));
  }

  private LogFormat(@Nullable String format) {
    properties = Map.of(JSON, Boolean.toString("json".equals(format)));
  }

  @Override
  public Set<String> getPropertyNames() {
    return properties.keySet();
  }

  @Override
  public Map<String, String> getProperties() {
    return properties;
  }

  @Override
  public int getOrdinal() {
    return ORDINAL; // above application.properties, below system properties
  }

  @Override
  public @Nullable String getValue(String name) {
    return properties.get(name);
  }

  @Override
  public String getName() {
    return "BACKING_LOG_FORMAT";
  }
}
