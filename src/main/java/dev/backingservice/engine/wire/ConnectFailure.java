package dev.backingservice.engine.wire;

import dev.backingservice.engine.EngineException;
import dev.backingservice.model.Reason;
import dev.backingservice.model.ServerText;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Why no connection came of an [Attempt]: tells nobody there from somebody who refuses, and a
/// certificate of another name from one that nothing verifies.
public final class ConnectFailure {
  private ConnectFailure() {}

  /// What is wrong with the server's certificate or its TLS; empty when something else is.
  public static Optional<EngineException> ofTls(Throwable e, Attempt attempt, String where) {
    var certificate = cause(e, CertificateException.class);
    if (certificate.filter(ConnectFailure::aboutTheName).isPresent())
      return Optional.of(
          EngineException.of(
              Reason.CertificateNameMismatch,
              where + " presents a certificate for another name: set spec.host to a name in it"));
    if (attempt.bounds().exceeded()) return Optional.empty();
    return cause(e, SSLException.class)
        .or(() -> certificate)
        .map(
            tls ->
                EngineException.of(
                    Reason.CertificateNotTrusted,
                    where
                        + " presents a certificate that the anchors of spec.tls.ca do not verify: "
                        + said(tls)));
  }

  /// Nobody there, or nobody who goes on in time; empty when somebody answered.
  public static Optional<EngineException> ofReach(Throwable e, Attempt attempt, String where) {
    if (cause(e, Addresses.Unanswered.class).isPresent())
      return Optional.of(
          EngineException.of(
              Reason.ServerUnreachable,
              where + " cannot be found: the name server does not answer"));
    if (!attempt.answered())
      return Optional.of(
          EngineException.silent(detail(e), where + " does not answer: " + silence(e)));
    if (attempt.bounds().exceeded() || cause(e, SocketTimeoutException.class).isPresent())
      return Optional.of(
          EngineException.slow(
              where + " accepts connections and does not finish a login in 5 s or 16 MiB"));
    return Optional.empty();
  }

  /// The first cause of a type.
  public static <T extends Throwable> Optional<Throwable> cause(
      @Nullable Throwable e, Class<T> type) {
    for (var at = e; at != null; at = at.getCause())
      if (type.isInstance(at)) return Optional.of(at);
    return Optional.empty();
  }

  /// What a server says, so that nobody takes it for a sentence of ours.
  public static String quoted(String said) {
    return "the server says \""
        + ServerText.clean(said).replace('"', '\'').replace('\\', '/')
        + "\"";
  }

  /// What an exception says, as a text of users.
  public static String said(Throwable e) {
    return ServerText.clean(message(e));
  }

  /// The Java runtime's own words; no server's.
  private static boolean aboutTheName(Throwable e) {
    return message(e).startsWith("No subject alternative")
        || message(e).startsWith("No name matching");
  }

  private static Reason detail(Throwable e) {
    if (cause(e, SocketTimeoutException.class).isPresent()) return Reason.Timeout;
    return cause(e, ConnectException.class).isPresent()
        ? Reason.ConnectionRefused
        : Reason.ServerUnreachable;
  }

  private static String silence(Throwable e) {
    return cause(e, UnknownHostException.class).isPresent()
        ? "no address is known for its name: correct spec.host, or the cluster's DNS"
        : said(root(e));
  }

  private static Throwable root(Throwable e) {
    var root = e;
    while (root.getCause() != null) root = root.getCause();
    return root;
  }

  /// The same as the runtime has it; the class where it says nothing.
  public static String message(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
