package dev.backingservice.act;

import dev.backingservice.binding.Contents;
import dev.backingservice.engine.Directory;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Material;
import dev.backingservice.engine.SeenAnchors;
import dev.backingservice.engine.Server;
import dev.backingservice.kube.Passwords;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credentials;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Reason;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Sensitive;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Facts;
import dev.backingservice.tls.Authorities;
import dev.backingservice.tls.Issued;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// Gathers what a binding is made of: the engine's keys, certificates, anchors.
public final class BindingMaker {
  private static final Duration CERTIFICATE = Duration.ofHours(2160);
  private final RootKey key;
  private final Authorities authorities;
  private final Passwords passwords;
  private final SeenAnchors anchors;

  public BindingMaker(
      RootKey key, Authorities authorities, Passwords passwords, SeenAnchors anchors) {
    this.key = key;
    this.authorities = authorities;
    this.passwords = passwords;
    this.anchors = anchors;
  }

  Contents contents(Facts f, Action.Publish publish, Directory.Served served, Instant now)
      throws EngineException {
    var at = publish.attachment();
    var shape = f.intent().map(Intent::binding).orElseThrow();
    var password = password(f, at);
    var certified = passwords.certified(f.service().id(), f.intent(), at);
    var issued = authorities.clients().issue(certified, at.epoch(), now, life(f, publish, now));
    var entries =
        new LinkedHashMap<>(
            served
                .engine()
                .entries(
                    at.place(),
                    new Material(
                        at.login(),
                        password.text(),
                        shape.path(),
                        shape.driver(),
                        served.server())));
    var files = files(served, issued);
    entries.put("tls.key", issued.keyPem());
    if (shape.keyStore()) {
      var secret = keyStorePassword(f, at);
      files.put("keystore.p12", issued.keyStore(secret));
      entries.put("keystore-password", secret);
    }
    return new Contents(
        f.service().id(),
        at,
        publish.requested(),
        publish.debts(),
        shape,
        password.given(),
        served.server().clientTls(),
        entries,
        files,
        issued.notAfter());
  }

  /// What is handed over may change after it was tried: nothing is published that did not log in.
  private Passwords.Password password(Facts f, Attachment at) throws EngineException {
    var password = passwords.read(f.service().id(), f.intent(), at);
    boolean handed = Credentials.of(f.intent()) instanceof Credentials.Given;
    var known = f.service().given().content();
    if (handed && (password.given().isEmpty() || !password.given().equals(known)))
      throw EngineException.of(
          Reason.CredentialsMissing,
          "the Secret with the credential of %s changed just now: it is read again"
              .formatted(at.login()));
    return password;
  }

  private static Duration life(Facts f, Action.Publish publish, Instant now) {
    var whole = f.intent().map(Intent::certificateLife).orElse(CERTIFICATE);
    return publish
        .certificateEnds()
        .map(end -> Duration.between(now, end))
        .filter(left -> left.compareTo(whole) < 0)
        .orElse(whole);
  }

  private Map<String, byte[]> files(Directory.Served served, Issued issued) throws EngineException {
    var files = new LinkedHashMap<String, byte[]>();
    files.put("ca.crt", bytes(trusted(served)));
    files.put("tls.crt", bytes(issued.chainPem()));
    if (served.server().clientCertificate() == Server.ClientCertificate.Required)
      files.put("tls.pk8", issued.keyDer());
    return files;
  }

  private Sensitive keyStorePassword(Facts f, Attachment at) {
    return new Sensitive(key.seal("keystore", f.service().id().uid(), at.login()));
  }

  /// What verifies the server: the anchors named, or the one of the system's that verified the data
  /// endpoint. Without it nothing is published: a client would trust nobody.
  private String trusted(Directory.Served served) throws EngineException {
    var server = served.server();
    return anchors
        .of(server)
        .or(() -> served.engine().anchor(server))
        .orElseThrow(
            () ->
                EngineException.of(
                    Reason.CertificateNotTrusted,
                    "the certificate of %s could not be verified at %s: name its authority in spec.tls.ca"
                        .formatted(server.name(), server.data())));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
