package dev.backingservice.act;

import dev.backingservice.engine.Directory;
import dev.backingservice.engine.EntryMaterial;
import dev.backingservice.engine.Server;
import dev.backingservice.kube.BindingSeal;
import dev.backingservice.kube.DebtText;
import dev.backingservice.kube.Secrets;
import dev.backingservice.kube.Words;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.Sensitive;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Facts;
import dev.backingservice.tls.Issued;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes the binding Secret, whole.
final class BindingWriter {
  private static final Duration CERTIFICATE = Duration.ofHours(2160);
  private final Hands hands;

  BindingWriter(Hands hands) {
    this.hands = hands;
  }

  Secret write(Facts f, Action.Publish publish, Directory.Served served, Instant now) {
    var id = f.service().id();
    var shape = f.intent().map(Intent::binding).orElseThrow();
    var issued = issue(f, publish, now);
    var secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(shape.secretName())
            .withNamespace(id.namespace())
            .addToLabels(Words.MANAGED_BY, Words.MANAGER)
            .addToLabels(Words.SERVICE, id.name())
            .addToAnnotations(annotations(publish, shape, issued))
            .withOwnerReferences(
                new OwnerReferenceBuilder()
                    .withApiVersion(Words.API_VERSION)
                    .withKind("BackingService")
                    .withName(id.name())
                    .withUid(id.uid())
                    .withController(true)
                    .build())
            .endMetadata()
            .withType("servicebinding.io/" + served.engine().capabilities().type())
            .withData(data(f, publish, served, issued))
            .build();
    return sealed(secret, id.uid());
  }

  /// The same Secret with other words about the request and the debts.
  Secret amend(Secret secret, Action.Amend amend, String uid) {
    var amended =
        new SecretBuilder(secret)
            .editMetadata()
            .addToAnnotations(spoken(amend.requested(), amend.debts()))
            .withManagedFields()
            .endMetadata()
            .build();
    return sealed(amended, uid);
  }

  private Issued issue(Facts f, Action.Publish publish, Instant now) {
    var life = f.intent().map(Intent::certificateLife).orElse(CERTIFICATE);
    return hands.authority().issue(publish.attachment().login(), now, life);
  }

  private static Map<String, String> annotations(
      Action.Publish publish, BindingShape shape, Issued issued) {
    var at = publish.attachment();
    var annotations = new LinkedHashMap<>(spoken(publish.requested(), publish.debts()));
    annotations.put(Words.EPOCH, Long.toString(at.epoch()));
    annotations.put(Words.SERVER, at.server());
    annotations.put(Words.SERVER_ID, at.serverId());
    annotations.put(Words.SCHEMA, at.place().schema());
    annotations.put(Words.SHAPE, shape.fingerprint());
    annotations.put(
        Words.CERTIFICATE_ENDS, issued.notAfter().truncatedTo(ChronoUnit.SECONDS).toString());
    return annotations;
  }

  private static Map<String, String> spoken(Place requested, List<Debt> debts) {
    return Map.of(
        Words.REQUESTED_SERVER, requested.server(),
        Words.REQUESTED_DATABASE, requested.database(),
        Words.REQUESTED_SCHEMA, requested.schema(),
        Words.DEBTS, DebtText.write(debts));
  }

  private Map<String, String> data(
      Facts f, Action.Publish publish, Directory.Served served, Issued issued) {
    var at = publish.attachment();
    var shape = f.intent().map(Intent::binding).orElseThrow();
    var password = hands.key().password(f.service().id(), at);
    var entries =
        served
            .engine()
            .entries(
                at.place(), new EntryMaterial(at.login(), password, shape.path(), served.server()));
    var data = new LinkedHashMap<String, String>();
    entries.forEach((name, value) -> data.put(name, Secrets.encoded(value)));
    new Template(entries, shape.path())
        .render(shape.entries())
        .forEach((name, value) -> data.putIfAbsent(name, Secrets.encoded(value)));
    data.put("ca.crt", Secrets.encoded(hands.authority().certificatePem() + anchors(served)));
    data.put("tls.crt", Secrets.encoded(issued.chainPem()));
    data.put("tls.key", Secrets.encoded(issued.keyPem()));
    if (shape.keyStore()) data.putAll(keyStore(f, at, issued));
    if (served.server().clientCertificate() == Server.ClientCertificate.Required)
      data.put("tls.pk8", Secrets.encoded(issued.keyDer()));
    return data;
  }

  private Map<String, String> keyStore(Facts f, Attachment at, Issued issued) {
    var password = new Sensitive(hands.key().seal("keystore", f.service().id().uid(), at.login()));
    return Map.of(
        "keystore.p12", Secrets.encoded(issued.keyStore(password)),
        "keystore-password", Secrets.encoded(password));
  }

  /// What verifies the server: the anchors named, or the one of the system's that it leads to.
  private String anchors(Directory.Served served) {
    var trust = served.server().trust();
    var own = hands.authority().certificatePem();
    return trust.systemStore()
        ? served.engine().anchor(served.server()).filter(a -> !a.equals(own)).orElse("")
        : trust.anchors();
  }

  private Secret sealed(Secret secret, String uid) {
    var seal = BindingSeal.of(hands.key(), secret, uid);
    return new SecretBuilder(secret)
        .editMetadata()
        .addToAnnotations(Words.SEAL, seal)
        .endMetadata()
        .build();
  }
}
