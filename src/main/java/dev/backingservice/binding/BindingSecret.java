package dev.backingservice.binding;

import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Labels;
import dev.backingservice.model.Place;
import dev.backingservice.model.Published;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.ServiceId;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes binding Secrets, whole, and reads them again.
public final class BindingSecret {
  private final RootKey key;

  public BindingSecret(RootKey key) {
    this.key = key;
  }

  public Secret write(Contents contents) {
    var service = contents.service();
    var texts = texts(contents);
    var secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(contents.shape().secretName())
            .withNamespace(service.namespace())
            .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
            .addToLabels(Labels.SERVICE, service.name())
            .addToAnnotations(annotations(contents, texts.getOrDefault("username", "")))
            .withOwnerReferences(
                new OwnerReferenceBuilder()
                    .withApiVersion(Labels.API_VERSION)
                    .withKind("BackingService")
                    .withName(service.name())
                    .withUid(service.uid())
                    .withController(true)
                    .build())
            .endMetadata()
            .withType("servicebinding.io/" + texts.getOrDefault("type", "generic"))
            .withData(data(texts, contents.files()))
            .build();
    return sealed(secret, service.uid());
  }

  /// The same Secret with other words about the request, the debts and what was given up.
  ///
  /// @param aborted the epoch that will not be published any more; 0 for none
  public Secret amend(Secret secret, String uid, Place requested, List<Debt> debts, long aborted) {
    var spoken = spoken(requested, debts);
    spoken.put(Keys.ABORTED, Long.toString(aborted));
    var amended =
        new SecretBuilder(secret)
            .editMetadata()
            .addToAnnotations(spoken)
            .withManagedFields()
            .endMetadata()
            .build();
    return sealed(amended, uid);
  }

  /// What a Secret says. The seal comes first, over everything.
  public Published read(Optional<Secret> found, ServiceId service) {
    if (found.isEmpty()) return new Published.None();
    var secret = found.get();
    if (!ours(secret, service)) return new Published.Foreign();
    var version = secret.getMetadata().getResourceVersion();
    if (!Seal.holds(key, secret, service.uid())) return new Published.Edited(version);
    try {
      return binding(secret);
    } catch (IllegalArgumentException e) {
      return new Published.Edited(version); // sealed by another version of this program
    }
  }

  private static boolean ours(Secret secret, ServiceId service) {
    return secret.getMetadata().getOwnerReferences().stream()
        .anyMatch(o -> service.uid().equals(o.getUid()));
  }

  private static Published binding(Secret secret) {
    return new Published.Binding(
        new Attachment(
            place(secret, Keys.SERVER, Keys.SCOPE),
            Seal.annotation(secret, Keys.SERVER_ID),
            login(secret),
            Access.valueOf(Seal.annotation(secret, Keys.ACCESS)),
            Long.parseLong(Seal.annotation(secret, Keys.EPOCH))),
        place(secret, Keys.REQUESTED_SERVER, Keys.REQUESTED_SCOPE),
        Seal.annotation(secret, Keys.SHAPE),
        Seal.annotation(secret, Keys.GIVEN),
        Seal.annotation(secret, Keys.MOUNT_PATH),
        aborted(secret),
        DebtCodec.read(Seal.annotation(secret, Keys.DEBTS)),
        ends(secret),
        false,
        secret.getMetadata().getResourceVersion());
  }

  /// Where the entries say something else than the login as `username`, an annotation has it.
  private static String login(Secret secret) {
    return Seal.annotations(secret).getOrDefault(Keys.LOGIN, text(secret, "username"));
  }

  private static Place place(Secret secret, String server, String scope) {
    return new Place(
        Seal.annotation(secret, server), ScopeCodec.read(Seal.annotation(secret, scope)));
  }

  private static long aborted(Secret secret) {
    var text = Seal.annotation(secret, Keys.ABORTED);
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }

  private static Optional<Instant> ends(Secret secret) {
    try {
      return Optional.of(Instant.parse(Seal.annotation(secret, Keys.CERTIFICATE_ENDS)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String text(Secret secret, String name) {
    var value = secret.getData() == null ? null : secret.getData().get(name);
    return value == null
        ? ""
        : new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
  }

  /// The Secret with other contents, as it may look after a swap to `place`: what would be refused
  /// then is refused in a dry run. It carries no credential that works.
  public static Secret rehearsal(Secret secret, Place place) {
    return new SecretBuilder(secret)
        .editMetadata()
        .addToAnnotations(Keys.SERVER, place.server())
        .addToAnnotations(Keys.REQUESTED_SERVER, place.server())
        .endMetadata()
        .addToData("password", encoded("rehearsal".getBytes(StandardCharsets.UTF_8)))
        .build();
  }

  private static Map<String, String> annotations(Contents contents, String username) {
    var at = contents.active();
    var annotations = spoken(contents.requested(), contents.debts());
    annotations.put(Keys.EPOCH, Long.toString(at.epoch()));
    annotations.put(Keys.SERVER, at.server());
    annotations.put(Keys.SERVER_ID, at.serverId());
    annotations.put(Keys.SCOPE, ScopeCodec.write(at.place().scope()));
    annotations.put(Keys.ACCESS, at.access().name());
    annotations.put(Keys.SHAPE, contents.shape().fingerprint(contents.clientTls()));
    if (!at.login().equals(username)) annotations.put(Keys.LOGIN, at.login());
    if (!contents.given().isEmpty()) annotations.put(Keys.GIVEN, contents.given());
    annotations.put(Keys.MOUNT_PATH, contents.shape().mountPath());
    annotations.put(
        Keys.CERTIFICATE_ENDS,
        contents.certificateEnds().truncatedTo(ChronoUnit.SECONDS).toString());
    return annotations;
  }

  private static Map<String, String> spoken(Place requested, List<Debt> debts) {
    var spoken = new LinkedHashMap<String, String>();
    spoken.put(Keys.REQUESTED_SERVER, requested.server());
    spoken.put(Keys.REQUESTED_SCOPE, ScopeCodec.write(requested.scope()));
    spoken.put(Keys.DEBTS, DebtCodec.write(debts));
    return spoken;
  }

  /// The engine's keys, those of its block, and the user's own, which replace none of them.
  private static Map<String, String> texts(Contents contents) {
    var texts = new LinkedHashMap<String, String>();
    contents.entries().forEach((name, value) -> texts.put(name, value.reveal()));
    var template = new Template(texts, contents.shape().path());
    var own = template.render(contents.shape().own());
    var more = template.render(contents.shape().entries());
    texts.putAll(own);
    more.forEach(texts::putIfAbsent);
    return texts;
  }

  private static Map<String, String> data(Map<String, String> texts, Map<String, byte[]> files) {
    var data = new LinkedHashMap<String, String>();
    texts.forEach((name, value) -> data.put(name, encoded(value.getBytes(StandardCharsets.UTF_8))));
    files.forEach((name, value) -> data.put(name, encoded(value)));
    return data;
  }

  private static String encoded(byte[] value) {
    return Base64.getEncoder().encodeToString(value);
  }

  private Secret sealed(Secret secret, String uid) {
    return new SecretBuilder(secret)
        .editMetadata()
        .addToAnnotations(Keys.SEAL, Seal.of(key, secret, uid))
        .endMetadata()
        .build();
  }
}
