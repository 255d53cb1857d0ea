package dev.backingservice.engine;

import dev.backingservice.model.Credential;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A server with what its administrator needs to log in; no account where it has no administrator.
///
/// @param name of the BackingServer
/// @param uid of the BackingServer: the lineage of a server that does not tell one
/// @param data where workloads connect
/// @param admin where the administrator connects
/// @param adminDatabase where the administrator logs in
/// @param clientCertificate whether clients have to show one
/// @param start how TLS begins, for protocols that have two ways
/// @param promotions who fences at a promotion behind the name
/// @param tokens of the administrator; empty where it has a password
/// @param primary where the accounts of a standby are kept; empty for a server that keeps its own
public record Server(
    String name,
    String uid,
    Endpoint data,
    Endpoint admin,
    String adminDatabase,
    String adminUser,
    Sensitive adminPassword,
    Trust trust,
    ClientCertificate clientCertificate,
    Start start,
    Promotions promotions,
    Optional<TokenSource> tokens,
    Optional<Server> primary) {
  /// One where TLS begins as is usual at its port.
  public Server(
      String name,
      String uid,
      Endpoint data,
      Endpoint admin,
      String adminDatabase,
      String adminUser,
      Sensitive adminPassword,
      Trust trust,
      ClientCertificate clientCertificate) {
    this(
        name,
        uid,
        data,
        admin,
        adminDatabase,
        adminUser,
        adminPassword,
        trust,
        clientCertificate,
        Start.ByPort,
        Promotions.Fence,
        Optional.empty(),
        Optional.empty());
  }

  /// Who makes sure that a promoted server's predecessor takes no writes.
  public enum Promotions {
    Fence,
    /// The cluster behind the name: a promotion is a restart, and no timeline is told.
    Trust
  }

  /// The same with connections of another resource's own.
  public Server usedBy(String otherUid) {
    return with(otherUid, primary);
  }

  /// The same as a standby of another server, which keeps its accounts.
  public Server standbyOf(Server other) {
    return with(uid, Optional.of(other));
  }

  private Server with(String otherUid, Optional<Server> otherPrimary) {
    return new Server(
        name,
        otherUid,
        data,
        admin,
        adminDatabase,
        adminUser,
        adminPassword,
        trust,
        clientCertificate,
        start,
        promotions,
        tokens,
        otherPrimary);
  }

  /// What the administrator proves with that it is the one: its password, or a token of now.
  ///
  /// @throws EngineException with `ServerUnreachable` when no token could be had
  public Sensitive proof() throws EngineException {
    return tokens.isPresent() ? tokens.get().token() : adminPassword;
  }

  /// The server that keeps the accounts: itself, or its primary.
  public Server accounts() {
    return primary.orElse(this);
  }

  /// Where somebody may answer for this server.
  public List<Endpoint> endpoints() {
    return Stream.concat(
            Stream.of(data, admin), primary.stream().flatMap(p -> p.endpoints().stream()))
        .distinct()
        .toList();
  }

  /// What is shorter is no name that tells anybody anything.
  private static final int SHORTEST = 3;

  private static final int IMPLICIT = 465;

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
    var tls = trust.mode() + "/" + clientCertificate;
    return start == Start.ByPort ? tls : tls + "/" + start;
  }

  /// Whether TLS is asked for on a connection that begins in clear, in a protocol that has both
  /// ways: at port 465 it is there from the start (RFC 8314, section 3.3).
  public boolean startsTls() {
    return switch (start) {
      case Implicit -> false;
      case StartTLS -> true;
      case ByPort -> data.port() != IMPLICIT;
    };
  }

  /// That connections do not verify who answers; empty where they do.
  public Optional<Finding> unverified() {
    return switch (trust.mode()) {
      case VerifyFull -> Optional.empty();
      case VerifyCA ->
          Optional.of(
              new Finding(
                  Finding.Id.HostNameNotVerified,
                  "connections verify the certificate of this server and not its name: whoever has another certificate of that authority can answer",
                  "set spec.tls.mode: VerifyFull, unless the authority is this server's alone and its certificate has another name, as in Cloud SQL"));
      case Disabled ->
          Optional.of(
              new Finding(
                  Finding.Id.TlsNotVerified,
                  "connections to this server do not verify who answers",
                  "set spec.tls.mode: VerifyFull and spec.tls.ca"));
    };
  }

  /// A sentence about this server for whoever attaches services: without the administrator's
  /// account and endpoint, which the platform team alone shall read.
  public String discreet(String sentence) {
    var said =
        struck(
            primary.map(p -> p.unnamed(sentence)).orElse(sentence),
            adminUser,
            "the administrator's role");
    return admin.equals(data)
        ? said
        : struck(
            struck(said, admin.toString(), "its administration endpoint"),
            admin.host(),
            "its administration endpoint");
  }

  /// The same without the name of a server that only the platform team names.
  private String unnamed(String sentence) {
    var said = struck(discreet(sentence), name, "its primary");
    return struck(
        struck(said, data.toString(), "its primary's address"),
        data.host(),
        "its primary's address");
  }

  private static String struck(String sentence, String what, String by) {
    if (what.length() < SHORTEST) return sentence;
    return Pattern.compile("(?<![\\w.-])" + Pattern.quote(what) + "(?![\\w-])")
        .matcher(sentence)
        .replaceAll(Matcher.quoteReplacement(by));
  }

  /// How TLS begins.
  public enum Start {
    /// As is usual at its port.
    ByPort,
    Implicit,
    StartTLS
  }

  /// Whether clients have to show a certificate.
  public enum ClientCertificate {
    /// It is issued, and used by whoever wants to.
    Offered,
    /// The server asks for it: URLs name it.
    Required
  }
}
