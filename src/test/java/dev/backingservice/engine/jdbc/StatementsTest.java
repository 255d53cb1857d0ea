package dev.backingservice.engine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A driver that throws what a server made it throw.
class StatementsTest {
  private static final String SAID = "For input string: \"a secret\nof the server\"";
  private final List<String> called = new ArrayList<>();
  private final Statements statements = new Statements(connection(), new LongAdder()) {};

  @FunctionalInterface
  private interface Deed {
    void on(Statements statements) throws SQLException;
  }

  private static Stream<Deed> deeds() {
    return Stream.of(
        s -> s.run("CREATE ROLE orders"),
        s -> s.change("DELETE FROM marks WHERE name = ?", "orders"),
        s -> s.query("SELECT 1", row -> row.getString(1)),
        Statements::begin,
        Statements::commit,
        Statements::rollback,
        Statements::end);
  }

  @ParameterizedTest
  @MethodSource("deeds")
  void whatADriverThrowsIsNotTold(Deed deed) {
    var thrown = catchThrowable(() -> deed.on(statements));

    assertThat(thrown).isInstanceOf(Statements.Unexpected.class);
    assertThat(thrown.getMessage()).doesNotContain("secret");
    assertThat(called).as("nothing else is asked on that connection").endsWith("abort");
  }

  @Test
  void whatCannotBeTakenBackEndsWithTheConnection() {
    var failing =
        new Statements(
            (Connection)
                stub(
                    Connection.class,
                    name -> {
                      if (name.equals("rollback")) throw new SQLException("57014");
                    }),
            new LongAdder()) {};

    assertThatThrownBy(failing::rollback).isInstanceOf(SQLException.class);
    assertThat(called).endsWith("abort");
  }

  @FunctionalInterface
  private interface Call {
    void made(String name) throws SQLException;
  }

  private Connection connection() {
    return (Connection)
        stub(
            Connection.class,
            name -> {
              if (!name.equals("isClosed") && !name.equals("abort") && !name.endsWith("Statement"))
                throw new NumberFormatException(SAID);
            });
  }

  private Object stub(Class<?> type, Call call) {
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (_, method, _) -> {
          var name = method.getName();
          called.add(name);
          call.made(name);
          return switch (name) {
            case "isClosed", "execute" -> false;
            case "createStatement" -> stub(Statement.class, StatementsTest::executed);
            case "prepareStatement" -> stub(PreparedStatement.class, StatementsTest::executed);
            default -> null;
          };
        });
  }

  private static void executed(String name) {
    if (name.startsWith("execute")) throw new NumberFormatException(SAID);
  }
}
