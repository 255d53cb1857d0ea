package dev.backingservice.engine.jdbc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// The values of a row, each taken from the driver as text. A driver converts what a server sends,
/// whatever that costs: it makes room for an array of any size, computes a number with any
/// exponent, and writes bits out.
public final class Values {
  /// The most texts in all lists of one answer.
  static final int MOST_TEXTS = 200_000;

  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,19}");
  private static final JsonFactory JSON = new JsonFactory();
  private final ResultSet row;
  private final int most;
  private int characters;
  private int texts;

  /// @param most characters of one answer
  Values(ResultSet row, int most) {
    this.row = row;
    this.most = most;
  }

  /// As with JDBC, null for `NULL`: who asks for what may be `NULL` looks.
  ///
  /// @param column from 1
  @SuppressWarnings("NullAway")
  public String getString(int column) throws SQLException {
    var text = row.getString(column);
    if (text != null) characters += text.length();
    if (characters > most) throw new Statements.Unexpected(null);
    return text;
  }

  /// A whole number; 0 for `NULL`.
  ///
  /// @throws NumberFormatException when it is none of 64 bits
  public long getLong(int column) throws SQLException {
    var text = getString(column);
    if (text == null) return 0;
    if (!NUMBER.matcher(text).matches()) throw new NumberFormatException("no whole number");
    return Long.parseLong(text);
  }

  /// The same of 32 bits.
  public int getInt(int column) throws SQLException {
    long number = getLong(column);
    if (number != (int) number) throw new NumberFormatException("no number of 32 bits");
    return (int) number;
  }

  /// A truth, which some servers tell as a number; false for `NULL`.
  public boolean getBoolean(int column) throws SQLException {
    var text = getString(column);
    return text != null
        && switch (text.toLowerCase(Locale.ROOT)) {
          case "t", "true" -> true;
          case "f", "false" -> false;
          default -> getLong(column) != 0;
        };
  }

  /// A list of texts, told as an array of JSON (RFC 8259), without those that are null; empty for
  /// `NULL`.
  public List<String> getTexts(int column) throws SQLException {
    var json = getString(column);
    if (json == null) return List.of();
    try {
      return texts(json);
    } catch (IOException e) {
      throw new Statements.Unexpected(e);
    }
  }

  private List<String> texts(String json) throws IOException, SQLException {
    var list = new ArrayList<String>();
    try (var parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) throw new Statements.Unexpected(null);
      for (var token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        if (++texts > MOST_TEXTS) throw new Statements.Unexpected(null);
        if (token == JsonToken.VALUE_STRING) list.add(parser.getText());
        else if (token != JsonToken.VALUE_NULL) throw new Statements.Unexpected(null);
      }
    }
    return list;
  }
}
