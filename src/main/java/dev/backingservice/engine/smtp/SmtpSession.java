package dev.backingservice.engine.smtp;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Examination;
import dev.backingservice.engine.ProviderSession;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.wire.Handshake;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Finding.Id;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;

/// What a relay said of itself.
final class SmtpSession extends ProviderSession {
  private final Seen seen;
  private final boolean foreignSender;

  /// What was seen on a connection that nobody logged in on.
  record Seen(String greeting, Optional<Handshake.Seen> tls, boolean authBeforeTls) {}

  /// @param foreignSender whether some account may send as anybody
  SmtpSession(Server server, Seen seen, boolean foreignSender) {
    super(EngineKind.SMTP, server, seen.greeting);
    this.seen = seen;
    this.foreignSender = foreignSender;
  }

  @Override
  public Examination examine() throws EngineException {
    var findings = new ArrayList<Finding>();
    server().unverified().ifPresent(findings::add);
    if (relays())
      findings.add(
          new Finding(
              Id.OpenRelay,
              "whoever connects may send to anybody without logging in",
              "let only who is logged in send to other domains: smtpd_relay_restrictions in Postfix"));
    if (seen.authBeforeTls)
      findings.add(
          new Finding(
              Id.AuthBeforeTls,
              "passwords are taken in clear",
              "offer AUTH after STARTTLS only: smtpd_tls_auth_only in Postfix"));
    if (foreignSender)
      findings.add(
          new Finding(
              Id.ForeignSenderAccepted,
              "an account may send under other addresses than its own",
              "tie accounts to their senders: smtpd_sender_login_maps and reject_sender_login_mismatch in Postfix"));
    return new Examination(findings, seen.tls.map(Handshake.Seen::protection), Set.of());
  }

  /// Whether mail of nobody is taken for a domain that is nobody's (RFC 2606).
  private boolean relays() throws EngineException {
    var opened = Connections.open(server(), Optional.empty());
    try (opened) {
      var smtp = opened.smtp();
      return smtp.ask("MAIL FROM:<>").good() && smtp.ask("RCPT TO:<postmaster@example.com>").good();
    } catch (IOException e) {
      throw Connections.failed(e, opened.attempt(), server());
    }
  }
}
