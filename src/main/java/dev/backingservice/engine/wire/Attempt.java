package dev.backingservice.engine.wire;

import dev.backingservice.model.Credential;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Trust;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One try to connect, and the connection that comes of it: where to, what is trusted and shown
/// there, and the bounds of time and bytes. Drivers that make their sockets by reflection find
/// it by its token.
public final class Attempt implements AutoCloseable {
  private static final Map<String, Attempt> UNDER_WAY = new ConcurrentHashMap<>();

  private final String token = UUID.randomUUID().toString();
  private final Endpoint to;
  private final Trust trust;
  private final Optional<Credential.ClientCertificate> shown;
  private final Optional<InetAddress> only;
  private final Bounds bounds = new Bounds();
  private final UnaryOperator<InputStream> greeting;
  private final UnaryOperator<InputStream> guard;
  private volatile boolean connected;
  private volatile @Nullable InetAddress address;
  private volatile @Nullable SSLSocket secured;

  /// @param only the one address to be tried; empty: all of the name's, in order
  /// @param guard what the bytes are passed through before anybody allocates for them
  public Attempt(
      Endpoint to,
      Trust trust,
      Optional<Credential.ClientCertificate> shown,
      Optional<InetAddress> only,
      UnaryOperator<InputStream> guard) {
    this(to, trust, shown, only, UnaryOperator.identity(), guard);
  }

  /// The same where the server says something in clear before the handshake.
  ///
  /// @param greeting what these bytes are passed through; it has to let the handshake pass
  public Attempt(
      Endpoint to,
      Trust trust,
      Optional<Credential.ClientCertificate> shown,
      Optional<InetAddress> only,
      UnaryOperator<InputStream> greeting,
      UnaryOperator<InputStream> guard) {
    this.greeting = greeting;
    this.guard = guard;
    this.to = to;
    this.trust = trust;
    this.shown = shown;
    this.only = only;
    UNDER_WAY.put(token, this);
  }

  static Attempt find(String token) {
    var attempt = UNDER_WAY.get(token);
    if (attempt == null) throw new IllegalStateException("this attempt is over");
    return attempt;
  }

  /// Names this attempt to a driver.
  public String token() {
    return token;
  }

  /// The bounds of whatever is read from now on.
  public Bounds bounds() {
    return bounds;
  }

  /// What the server sends, guarded.
  InputStream guarded(InputStream decrypted) {
    return guard.apply(decrypted);
  }

  /// What the server sends before the handshake, guarded; all of it where there is none.
  InputStream inClear(InputStream raw) {
    return trust.mode() == Trust.Mode.Disabled ? guarded(raw) : greeting.apply(raw);
  }

  /// Whether TLS protects it.
  public boolean secures() {
    return trust.mode() != Trust.Mode.Disabled;
  }

  Endpoint to() {
    return to;
  }

  Trust trust() {
    return trust;
  }

  Optional<Credential.ClientCertificate> shown() {
    return shown;
  }

  int port() {
    return to.port();
  }

  /// Where it goes.
  ///
  /// @throws UnknownHostException when there is no address
  public List<InetAddress> addresses() throws UnknownHostException {
    return only.isPresent() ? List.of(only.get()) : Addresses.of(to.host());
  }

  void connected(InetAddress at, Socket socket) {
    connected = true;
    address = at;
    bounds.watch(socket);
  }

  void secured(SSLSocket socket) {
    secured = socket;
  }

  /// Whether anybody accepted a connection.
  public boolean answered() {
    return connected;
  }

  /// Whether the connection leads to an address that the name has now, as far as a name server
  /// says.
  public boolean current() {
    var at = address;
    try {
      return at != null && Addresses.of(to.host()).contains(at);
    } catch (Addresses.Unanswered e) {
      return true;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /// The certificates that the server showed, leaf first; empty without TLS.
  public List<X509Certificate> chain() {
    var socket = secured;
    if (socket == null) return List.of();
    try {
      return List.of(socket.getSession().getPeerCertificates()).stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    }
  }

  /// The TLS version as the Java runtime calls it; empty text without TLS.
  public String protocol() {
    var socket = secured;
    return socket == null ? "" : socket.getSession().getProtocol();
  }

  /// The anchor that the server's certificate leads to, PEM; empty without TLS.
  public Optional<String> anchor() {
    var chain = chain();
    if (chain.isEmpty()) return Optional.empty();
    try {
      return Anchors.anchorOf(trust, chain.getLast()).map(Anchors::pem);
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /// The try is over; the connection, if one came of it, lives on.
  @Override
  public void close() {
    UNDER_WAY.remove(token);
  }
}
