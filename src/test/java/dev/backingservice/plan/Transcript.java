package dev.backingservice.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.api.Condition;
import dev.backingservice.model.SwapPolicy;
import dev.backingservice.report.Reporter;
import dev.backingservice.status.MemoryReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One path through the world of [SwapWorldTest], with everything that is done and told on it. The
/// clock stands at the time that the operator said it would look again.
final class Transcript {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE = 40;

  private final SwapPolicy policy;
  private final StringBuilder text = new StringBuilder();
  private World world;
  private World earlier = World.start();
  private @Nullable BackingServiceStatus status;

  Transcript(SwapPolicy policy, World start) {
    this.policy = policy;
    this.world = start;
  }

  /// A step is `reconcile`, `rest` for reconciles until nothing happens any more, or something that
  /// happens: a move of [WorldMoves], time that passes, an annotation.
  /// `attached` is the rest that every service comes to first.
  void play(String step) {
    text.append("> ").append(step).append('\n');
    var before = world;
    switch (step) {
      case "attached" -> attached();
      case "reconcile" -> reconcile();
      case "rest" -> rest();
      default -> world = happened(step.split(" "), step);
    }
    if (step.equals("status lost")) status = null;
    if (!before.secret().equals(world.secret())) earlier = before;
  }

  String text() {
    return text.toString();
  }

  private World happened(String[] words, String step) {
    return switch (words[0]) {
      case "time" -> world.at(world.now().plus(Duration.parse(words[1])));
      case "gone" -> world.named(words[1], n -> n.forgiving(words[2]));
      case "accept-data" -> world.asking(said(new Facts.Annotations(words[1], "", "", "", "")));
      case "accept-divergence" ->
          world.asking(said(new Facts.Annotations("", words[1], "", "", "")));
      case "retry" -> world.asking(world.spec().retrying(words[1]));
      default -> WorldMoves.after(step, world, earlier, policy);
    };
  }

  private void attached() {
    var before = text.toString();
    rest();
    text.setLength(0);
    text.append(before);
  }

  private World.Spec said(Facts.Annotations annotations) {
    return world.spec().saying(annotations);
  }

  /// Reconciles until one does and tells what the one before did.
  private void rest() {
    var last = reconcile();
    for (int i = 0; i < PATIENCE; i++) {
      if (world.spec().life() == World.Life.Gone) return;
      var next = reconcile();
      if (next.equals(last)) return;
      last = next;
    }
    throw new AssertionError("it does not come to rest:\n" + text);
  }

  /// What was done and told.
  private String reconcile() {
    var pass = world.pass(WorldFacts.of(world, policy), -1);
    var after = pass.aftermath(world.now());
    var report = Reporter.report(status, after, world.now());
    var lines = new StringBuilder();
    pass.outcomes().forEach(o -> lines.append(Told.of(o)).append('\n'));
    var was = lines(status);
    lines(report.status())
        .forEach(
            (path, value) -> {
              if (!value.equals(was.remove(path)))
                lines.append(path).append(": ").append(value).append('\n');
            });
    was.keySet().forEach(path -> lines.append(path).append(" is gone\n"));
    lines.append(Told.events(report));
    text.append((lines + "again in " + after.again()).indent(2));
    status = report.status();
    world =
        pass.worlds()
            .getLast()
            .remembering(MemoryReader.read(status))
            .at(world.now().plus(after.again()));
    return lines.toString();
  }

  /// The status as lines, one for each of its values.
  private static Map<String, String> lines(@Nullable BackingServiceStatus status) {
    var lines = new TreeMap<String, String>();
    if (status == null) return lines;
    for (var c : Objects.requireNonNullElse(status.conditions(), List.<Condition>of()))
      lines.put(c.type(), "%s/%s %s".formatted(c.status(), c.reason(), c.message()));
    var rest = (ObjectNode) JSON.valueToTree(status);
    rest.remove("conditions");
    rest.remove("certificate"); // the world knows no certificates
    flatten("", rest, lines);
    return lines;
  }

  /// An object of values stands on one line.
  private static void flatten(String path, JsonNode node, Map<String, String> lines) {
    if (node.isNull()) return;
    if (node.isValueNode()) lines.put(path, node.asText());
    var values = node.propertyStream().filter(p -> p.getValue().isValueNode()).toList();
    if (!path.isEmpty() && !values.isEmpty()) lines.put(path, flow(values));
    node.properties().stream()
        .filter(p -> path.isEmpty() || !p.getValue().isValueNode())
        .forEach(p -> flatten(below(path, p.getKey()), p.getValue(), lines));
    for (int i = 0; i < node.size() && node.isArray(); i++)
      flatten(path + "[" + i + "]", node.get(i), lines);
  }

  private static String below(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String flow(List<Map.Entry<String, JsonNode>> values) {
    return values.stream()
        .filter(v -> !v.getValue().isNull())
        .map(v -> v.getKey() + ": " + v.getValue().asText())
        .collect(Collectors.joining(", "));
  }
}
