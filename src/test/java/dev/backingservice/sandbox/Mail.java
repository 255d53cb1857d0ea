package dev.backingservice.sandbox;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.net.URI;
import java.util.Properties;

/// A workload that sends mails, with Jakarta Mail.
public final class Mail implements AutoCloseable {
  private final Session session;
  private final Transport transport;

  private Mail(Session session, Transport transport) {
    this.session = session;
    this.transport = transport;
  }

  /// As a binding says.
  ///
  /// @param uri its scheme and its query tell how TLS begins
  public static Mail connect(String anchor, String uri, String username, String password)
      throws Exception {
    var to = URI.create(uri);
    var scheme = to.getScheme();
    var properties = new Properties();
    var prefix = "mail." + scheme + ".";
    properties.put(prefix + "starttls.required", "" + "requireTLS=true".equals(to.getQuery()));
    properties.put(prefix + "starttls.enable", "true");
    properties.put(prefix + "ssl.checkserveridentity", "true");
    properties.put(prefix + "ssl.socketFactory", Pki.trusting(anchor));
    properties.put(prefix + "timeout", "5000");
    properties.put(prefix + "connectiontimeout", "5000");
    var session = Session.getInstance(properties);
    var transport = session.getTransport(scheme);
    transport.connect(to.getHost(), to.getPort(), username, password);
    return new Mail(session, transport);
  }

  /// Returns when the relay has taken it.
  public void send(String from, String to, String subject) throws MessagingException {
    var message = new MimeMessage(session);
    message.setFrom(from);
    message.setRecipient(Message.RecipientType.TO, new InternetAddress(to));
    message.setSubject(subject);
    message.setText(subject);
    message.saveChanges();
    transport.sendMessage(message, message.getAllRecipients());
  }

  @Override
  public void close() throws MessagingException {
    transport.close();
  }
}
