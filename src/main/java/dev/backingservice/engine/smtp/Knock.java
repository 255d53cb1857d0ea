package dev.backingservice.engine.smtp;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.smtp.Smtp.Reply;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// Logs in as the workload would and asks whether it may send as its sender. No mail is sent: there
/// is no DATA.
///
record Knock(Server server, Sender sender, Credential credential) {
  private static final Pattern NO_MAILBOX = Pattern.compile("5[.]1[.](1|2|3|4|5|6|10)\\b");

  /// What came of it.
  ///
  /// @param foreignSender whether the account may send as anybody of its domain
  record Result(Entry entry, boolean foreignSender) {}

  Result prove() throws EngineException {
    var opened = Connections.open(server, credential.certificate());
    try (opened) {
      var refusal = refusal(opened);
      if (refusal.isPresent()) return new Result(refusal.get(), false);
      var entry = new Entry.LetIn(OptionalInt.empty(), opened.attempt().anchor());
      return new Result(entry, foreign(opened.smtp()));
    } catch (IOException e) {
      throw Connections.failed(e, opened.attempt(), server);
    }
  }

  private Optional<Entry> refusal(Connections.Opened opened) throws IOException, EngineException {
    var mechanisms = List.of(opened.offered().extension("AUTH").orElse("").split(" "));
    if (!mechanisms.contains("PLAIN") && !mechanisms.contains("LOGIN"))
      return Optional.of(
          new Entry.Different(
              new Failure(
                  Reason.LoginRefused,
                  where() + " offers no login with a password (AUTH PLAIN or LOGIN)")));
    var smtp = opened.smtp();
    var said = mechanisms.contains("PLAIN") ? plain(smtp) : login(smtp);
    if (said.code() != 235) return Optional.of(turned(said));
    return sends(smtp);
  }

  /// RFC 4616.
  private Reply plain(Smtp smtp) throws IOException {
    return smtp.ask("AUTH PLAIN " + base64("\0" + user() + "\0" + password()));
  }

  private Reply login(Smtp smtp) throws IOException {
    var said = smtp.ask("AUTH LOGIN");
    if (said.code() == 334) said = smtp.ask(base64(user()));
    if (said.code() == 334) said = smtp.ask(base64(password()));
    return said;
  }

  private String user() {
    return credential.attachment().login();
  }

  private String password() {
    return credential.password().reveal();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private Entry turned(Reply said) throws EngineException {
    var words = quoted(said);
    if (said.later())
      throw EngineException.of(Reason.ServerUnreachable, where() + " does not serve: " + words);
    return new Entry.Refused(
        new Failure(Reason.LoginRefused, where() + " refuses the login: " + words));
  }

  /// Many relays tell whom a sender belongs to when they hear of a recipient. One that does not
  /// take the recipient says nothing against the sender: for now, or as a mailbox that is not
  /// there (RFC 3463, section 3.2).
  private Optional<Entry> sends(Smtp smtp) throws IOException, EngineException {
    var said = smtp.ask("MAIL FROM:<" + sender.address() + ">");
    if (said.later()) return Optional.of(turned(said));
    if (!said.good()) return Optional.of(foreign(said));
    said = smtp.ask("RCPT TO:<" + sender.postmaster() + ">");
    boolean recipient = said.later() || NO_MAILBOX.matcher(said.lines().getFirst()).lookingAt();
    return said.good() || recipient ? Optional.empty() : Optional.of(foreign(said));
  }

  private Entry foreign(Reply said) {
    return new Entry.Different(
        new Failure(
            Reason.LoginRefused,
            "%s does not let the account send as %s: %s: correct smtp.sender, or let its provider allow it"
                .formatted(where(), sender.address(), quoted(said))));
  }

  /// Somebody else's address is tried. A relay that hangs up at that accepts no foreign sender.
  private boolean foreign(Smtp smtp) {
    try {
      return smtp.ask("RSET").good()
          && smtp.ask("MAIL FROM:<" + sender.another() + ">").good()
          && smtp.ask("RCPT TO:<" + sender.postmaster() + ">").good();
    } catch (IOException e) {
      return false;
    }
  }

  /// What the relay says, but for what it heard of the account.
  private String quoted(Reply said) {
    var text = said.text();
    for (var secret :
        List.of(base64("\0" + user() + "\0" + password()), base64(password()), password()))
      if (secret.length() > 3) text = text.replace(secret, "***");
    return ConnectFailure.quoted(text);
  }

  private String where() {
    return server.name() + " (" + server.data() + ")";
  }
}
