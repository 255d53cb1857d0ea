package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Marks;
import dev.backingservice.model.Place;
import dev.backingservice.model.RootKey;
import java.util.Map;
import java.util.TreeMap;

/// What a server would hold when the names of two places were the same.
public final class Collision {
  private Collision() {}

  /// The names of the group roles of a place, with the genuine marks of another one.
  public static Map<String, String> of(RootKey key, Place place, Place other) {
    var marks = new Marks(key);
    var roles = Roles.of(marks, place);
    var scope = Schemas.of(other);
    var fields = Map.of("kind", "group", "database", scope.database(), "schema", scope.joined());
    var held = new TreeMap<String, String>();
    for (var role : roles.all())
      if (!role.equals(roles.claim())) held.put(role, marks.write(role, fields));
    return held;
  }
}
