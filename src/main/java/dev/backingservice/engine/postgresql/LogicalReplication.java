package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Replication;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Place;
import dev.backingservice.model.Scope;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Subscriptions, their slots, and the sequences that they leave behind (manual, "Logical
/// Replication", section "Restrictions").
record LogicalReplication(Server server, Sql sql, Marks marks) implements Replication {
  /// Subscriptions belong to the cluster, and everybody may read these columns.
  private static final String SLOTS =
      """
      SELECT s.subslotname::text FROM pg_catalog.pg_subscription s
        JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
       WHERE d.datname = $1 AND s.subenabled AND s.subslotname IS NOT NULL""";

  private static final String CONFIRMED =
      """
      SELECT s.slot_name::text,
             coalesce(s.confirmed_flush_lsn, '0/0') - '0/0'::pg_catalog.pg_lsn >= $1::pg_catalog.numeric
        FROM pg_catalog.pg_replication_slots s
       WHERE s.slot_type = 'logical' AND s.database = $2 AND s.slot_name::text = ANY ($3)""";

  /// In the database, where names of the tenant's own stand beside. A sequence that the session may
  /// not read tells nothing.
  private static final String SEQUENCES =
      """
      SELECT c.relname::pg_catalog.text, pg_catalog.pg_get_userbyid(c.relowner)::pg_catalog.text,
             coalesce(pg_catalog.pg_sequence_last_value(c.oid), s.seqstart OPERATOR(pg_catalog.-) s.seqincrement),
             pg_catalog.pg_sequence_last_value(c.oid) IS NOT NULL
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        JOIN pg_catalog.pg_sequence s ON s.seqrelid OPERATOR(pg_catalog.=) c.oid
       WHERE n.nspname OPERATOR(pg_catalog.=) $1 AND s.seqincrement OPERATOR(pg_catalog.>) 0
         AND CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'S'::pg_catalog."char"
                  THEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT,USAGE') END
       ORDER BY 1 LIMIT 5000""";

  private static final String EXISTS =
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) $1::pg_catalog.name)";

  /// @param in its schema
  /// @param used whether a number was ever given out
  private record Sequence(Scope.Schema in, String name, String owner, long last, boolean used) {}

  @Override
  public Set<String> slots(Place place) throws EngineException {
    return asked(
        () -> {
          try {
            return Set.copyOf(
                sql.query(SLOTS, row -> row.getString(1), Schemas.of(place).database()));
          } catch (SQLException e) {
            if (!PgErrors.state(e).equals(PgErrors.INSUFFICIENT_PRIVILEGE)) throw e;
            return Set.of(); // nobody says that it follows anybody
          }
        });
  }

  @Override
  public Map<String, Boolean> confirmed(Place place, Set<String> slots, String position)
      throws EngineException {
    return asked(
        () -> {
          var confirmed = new HashMap<String, Boolean>();
          for (var slot :
              sql.query(
                  CONFIRMED,
                  row -> Map.entry(row.getString(1), row.getBoolean(2)),
                  position,
                  Schemas.of(place).database(),
                  (Object) slots.toArray(String[]::new)))
            confirmed.put(slot.getKey(), slot.getValue());
          return confirmed;
        });
  }

  @Override
  public SortedMap<String, Long> sequences(Order order) throws EngineException {
    return inside(
        order,
        inside ->
            all(inside, order).stream()
                .filter(Sequence::used)
                .collect(
                    Collectors.toMap(
                        s -> Schemas.of(order.place()).local(s.in, s.name),
                        Sequence::last,
                        (a, _) -> a,
                        TreeMap::new)));
  }

  @Override
  public List<String> behind(Order order, Map<String, Long> followed, boolean advance)
      throws EngineException {
    return inside(
        order,
        inside -> {
          var statements = new ArrayList<String>();
          for (var sequence : all(inside, order)) {
            var name = Schemas.of(order.place()).local(sequence.in, sequence.name);
            var wanted = followed.get(name);
            if (wanted == null || wanted <= sequence.last) continue;
            if (!advance || !Administrator.actAs(inside, sequence.owner))
              statements.add(statement(sequence, wanted));
            else inside.run(statement(sequence, wanted));
          }
          return statements;
        });
  }

  private static String statement(Sequence sequence, long last) throws SQLException {
    var name = Sql.name(sequence.in.first()) + "." + Sql.name(sequence.name);
    return "SELECT pg_catalog.setval(%s, %d)".formatted(Sql.text(name), last);
  }

  /// Seen by the group that may use what services use, where it is there already.
  private List<Sequence> all(Sql inside, Order order) throws SQLException {
    var group = Roles.of(marks, order.place()).owner();
    if (inside.holds(EXISTS, group)) Administrator.actAs(inside, group);
    var sequences = new ArrayList<Sequence>();
    for (var schema : Schemas.of(order.place()).each())
      sequences.addAll(
          inside.query(
              SEQUENCES,
              row ->
                  new Sequence(
                      schema,
                      row.getString(1),
                      row.getString(2),
                      row.getLong(3),
                      row.getBoolean(4)),
              schema.first()));
    return sequences;
  }

  @FunctionalInterface
  private interface Work<T> {
    T done(Sql inside) throws SQLException;
  }

  private <T> T inside(Order order, Work<T> work) throws EngineException {
    return asked(
        () -> {
          try (var connection = Connections.inside(server, Schemas.of(order.place()).database())) {
            var sql = new Sql(connection);
            sql.begin();
            var done = work.done(sql);
            sql.commit();
            return done;
          }
        });
  }

  private <T> T asked(Provision.Work<T> work) throws EngineException {
    return Provision.asked(server, work);
  }
}
