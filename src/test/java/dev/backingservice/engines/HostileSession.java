package dev.backingservice.engines;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.backingservice.engines.HostileServer.Wire;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What comes after the login: a session that answers just enough to be believed, or does not.
///
/// @param answered how many statements are answered before the mode is played
record HostileSession(Wire wire, HostileMode mode, int answered) {
  private static final List<List<@Nullable String>> PINS =
      List.of(
          List.of("search_path", "pg_catalog,pg_temp"),
          List.of("standard_conforming_strings", "on"),
          List.of("role", "none"),
          List.of("default_transaction_read_only", "off"),
          List.of("statement_timeout", "15s"),
          List.of("lock_timeout", "5s"),
          List.of("idle_in_transaction_session_timeout", "30s"),
          List.of("client_encoding", "UTF8"),
          List.of("synchronous_commit", "on"));

  void play() throws Exception {
    parameter("server_version", mode.version());
    parameter("server_encoding", "UTF8");
    parameter("client_encoding", "UTF8");
    parameter("DateStyle", "ISO, MDY");
    parameter("integer_datetimes", "on");
    parameter("standard_conforming_strings", "on");
    wire.send('K', new byte[8]);
    wire.send('Z', new byte[] {'I'});
    if (mode.stage() == HostileMode.Stage.Session) {
      for (int i = 0; i < answered; i++) answer();
      wire.in.read();
      mode.play(wire);
      return;
    }
    while (true) answer();
  }

  private void parameter(String name, String value) throws IOException {
    wire.send('S', (name + "\0" + value + "\0").getBytes(ISO_8859_1));
  }

  /// One statement of the extended protocol.
  private void answer() throws IOException {
    var asked = new StringBuilder();
    var kinds = new StringBuilder();
    int type = 0;
    while (type != 'S' && type != 'Q') {
      type = wire.in.readByte();
      kinds.append((char) type);
      asked.append(new String(wire.in.readNBytes(wire.in.readInt() - 4), ISO_8859_1));
    }
    if (type == 'Q') {
      complete();
      return;
    }
    var query = asked.toString();
    var steps = kinds.toString();
    if (query.contains("current_setting(name)")) rows(steps, PINS);
    else if (query.contains("rolcreaterole")) rows(steps, List.of(List.of(mode.administrator())));
    else if (query.contains("pg_control_system")) rows(steps, List.of(mode.identity()));
    else rows(steps, mode.anythingElse());
  }

  /// What is prepared is parsed once, and described once.
  private void rows(String steps, List<List<@Nullable String>> rows) throws IOException {
    if (steps.contains("P")) wire.send('1', new byte[0]);
    wire.send('2', new byte[0]);
    for (int i = 0; i < mode.descriptions(steps.contains("D")); i++)
      wire.send('T', description(rows.isEmpty() ? 1 : rows.getFirst().size()));
    for (var row : rows) wire.send('D', row(row));
    complete();
  }

  private void complete() throws IOException {
    wire.send('C', "SELECT 1\0".getBytes(ISO_8859_1));
    wire.send('Z', new byte[] {'I'});
  }

  private byte[] description(int columns) throws IOException {
    var body = new ByteArrayOutputStream();
    var data = new DataOutputStream(body);
    data.writeShort(columns);
    for (int i = 0; i < columns; i++) {
      data.writeBytes("c" + i + "\0");
      data.writeInt(0);
      data.writeShort(0);
      data.writeInt(25);
      data.writeShort(-1);
      data.writeInt(-1);
      data.writeShort(mode.format());
    }
    return body.toByteArray();
  }

  private static byte[] row(List<@Nullable String> values) throws IOException {
    var body = new ByteArrayOutputStream();
    var data = new DataOutputStream(body);
    data.writeShort(values.size());
    for (var value : values) {
      if (value == null) {
        data.writeInt(-1);
        continue;
      }
      var bytes = value.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      data.writeInt(bytes.length);
      data.write(bytes);
    }
    return body.toByteArray();
  }
}
