package dev.backingservice.engine;

import dev.backingservice.model.Credential;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server with what its administrator needs to log in; no account where it has no administrator.
///
/// @param name of the BackingServer
/// @param uid of the BackingServer: the lineage of a server that does not tell one
/// @param data where workloads connect
/// @param admin where the administrator connects
/// @param adminDatabase where the administrator logs in
/// @param clientCertificate whether clients have to show one
public record Server(
    String name,
    String uid,
    Endpoint data,
    Endpoint admin,
    String adminDatabase,
    String adminUser,
    Sensitive adminPassword,
    Trust trust,
    ClientCertificate clientCertificate) {
  /// What is shorter is no name that tells anybody anything.
  private static final int SHORTEST = 3;

  /// What a client shows here: nothing where nothing is demanded.
  ///
  /// @param issued makes the certificate, when one is needed
  public Optional<Credential.ClientCertificate> shown(
      Supplier<Credential.ClientCertificate> issued) {
    return clientCertificate == ClientCertificate.Required
        ? Optional.of(issued.get())
        : Optional.empty();
  }

  /// How clients use TLS here, as far as their URLs say it.
  public String clientTls() {
    return trust.mode() + "/" + clientCertificate;
  }

  /// That connections do not verify who answers; empty where they do.
  public Optional<Finding> unverified() {
    if (trust.mode() == Trust.Mode.VerifyFull) return Optional.empty();
    return Optional.of(
        new Finding(
            Finding.Id.TlsNotVerified,
            "connections to this server do not verify who answers",
            "set spec.tls.mode: VerifyFull and spec.tls.ca"));
  }

  /// A sentence about this server for whoever attaches services: without the administrator's
  /// account and endpoint, which the platform team alone shall read.
  public String discreet(String sentence) {
    var said = struck(sentence, adminUser, "the administrator's role");
    return admin.equals(data)
        ? said
        : struck(
            struck(said, admin.toString(), "its administration endpoint"),
            admin.host(),
            "its administration endpoint");
  }

  private static String struck(String sentence, String what, String by) {
    if (what.length() < SHORTEST) return sentence;
    return Pattern.compile("(?<![\\w.-])" + Pattern.quote(what) + "(?![\\w-])")
        .matcher(sentence)
        .replaceAll(Matcher.quoteReplacement(by));
  }

  /// Whether clients have to show a certificate.
  public enum ClientCertificate {
    /// It is issued, and used by whoever wants to.
    Offered,
    /// The server asks for it: URLs name it.
    Required
  }
}
