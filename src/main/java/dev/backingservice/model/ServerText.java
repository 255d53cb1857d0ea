package dev.backingservice.model;

/// Text from a server is hostile: it is made short, printable and one line before anybody reads it.
public final class ServerText {
  /// The most that is kept, in characters.
  public static final int MAX = 256;

  private ServerText() {}

  /// Strips control and format characters (bidirectional ones among them) and cuts to [#MAX].
  public static String clean(String text) {
    var clean = new StringBuilder(Math.min(text.length(), MAX));
    for (int i = 0; i < text.length() && clean.length() < MAX; ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (printable(point)) clean.appendCodePoint(point);
      else if (Character.isWhitespace(point)) clean.append(' ');
    }
    return clean.length() > MAX ? clean.substring(0, MAX) : clean.toString();
  }

  private static boolean printable(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
