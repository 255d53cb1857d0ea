package dev.backingservice.model;

/// Text from a server is hostile: it is made short, printable and one line before anybody reads it.
public final class ServerText {
  /// The most that is kept, in characters.
  public static final int MAX = 256;

  /// The most that a sentence may have, in characters.
  public static final int LINE = 1000;

  /// The most that an entry of the log may have, in characters.
  public static final int ENTRY = 8 * 1024;

  private static final int WORD = 96;

  private ServerText() {}

  /// Strips control and format characters (bidirectional ones among them) and cuts to [#MAX].
  public static String clean(String text) {
    return printable(text, MAX);
  }

  /// A sentence of ours with what a server said in it: one printable line, cut to [#LINE].
  public static String line(String sentence) {
    return printable(sentence, LINE);
  }

  /// A message of the log, whoever wrote it: one printable line, cut to [#ENTRY].
  public static String entry(String message) {
    return printable(message, ENTRY);
  }

  /// An identifier as servers say it of themselves: letters, digits and `._:/-` only, cut to 96.
  public static String word(String said) {
    var word = said.length() > WORD ? said.substring(0, WORD) : said;
    return word.replaceAll("[^0-9A-Za-z._:/-]", "");
  }

  private static String printable(String text, int most) {
    var clean = new StringBuilder(Math.min(text.length(), most));
    for (int i = 0; i < text.length() && clean.length() < most; ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (printable(point)) clean.appendCodePoint(point);
      else if (Character.isWhitespace(point)) clean.append(' ');
    }
    return clean.length() > most ? clean.substring(0, most) : clean.toString();
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
