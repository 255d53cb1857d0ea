package dev.backingservice.act;

import dev.backingservice.binding.BindingSecret;
import dev.backingservice.engine.Directory;
import dev.backingservice.engine.EngineException;
import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.Resources;
import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Labels;
import dev.backingservice.model.Reason;
import dev.backingservice.model.RootKey;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.Outcome.Result;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;

/// What is written into Secrets, and the one annotation on the service itself.
public final class OnSecrets {
  private final Secrets secrets;
  private final Resources resources;
  private final Directory directory;
  private final BindingMaker maker;
  private final DebtBook book;
  private final RootKey key;
  private final BindingSecret codec;

  public OnSecrets(
      Secrets secrets,
      Resources resources,
      Directory directory,
      RootKey key,
      BindingMaker maker,
      DebtBook book) {
    this.secrets = secrets;
    this.resources = resources;
    this.directory = directory;
    this.maker = maker;
    this.book = book;
    this.key = key;
    this.codec = new BindingSecret(key);
  }

  Result markAttached(Facts f) {
    var resource = new GenericKubernetesResource();
    resource.setApiVersion(Labels.API_VERSION);
    resource.setKind("BackingService");
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withName(f.service().id().name())
            .withNamespace(f.service().id().namespace())
            .withResourceVersion(f.service().version())
            .build());
    var seal = key.attached(f.service().id());
    var marked = resources.annotate(resource, Labels.ATTACHED, seal).getMetadata();
    return new Result.Marked(marked.getResourceVersion(), marked.getGeneration());
  }

  /// One request, guarded by the version that was seen: a reader never sees old and new mixed.
  Result publish(Facts f, Action.Publish publish, Instant now) throws EngineException {
    var served =
        directory
            .find(publish.attachment().server())
            .orElseThrow(
                () -> EngineException.of(Reason.ServerUnreachable, "the server is not known yet"));
    var contents = maker.contents(f, publish, served, now);
    var secret = codec.write(contents);
    if (publish.guard().isEmpty()) secrets.create(secret);
    else replace(secret, publish.guard());
    return new Result.Written(contents.certificateEnds());
  }

  private void replace(Secret secret, String guard) {
    try {
      secrets.replace(secret, guard);
    } catch (KubernetesClientException e) {
      if (!Refusals.invalid(e) || !ofAnotherType(secret, guard)) throw e;
      secrets.create(secret);
    }
  }

  /// The type of a Secret never changes: one of another type is made anew.
  private boolean ofAnotherType(Secret secret, String guard) {
    var meta = secret.getMetadata();
    var before =
        secrets
            .find(meta.getNamespace(), meta.getName())
            .filter(s -> s.getMetadata().getResourceVersion().equals(guard))
            .filter(s -> !secret.getType().equals(s.getType()));
    before.ifPresent(secrets::delete);
    return before.isPresent();
  }

  /// The credential stays; what is said about the request and the debts changes.
  Result amend(Facts f, Action.Amend amend) {
    var id = f.service().id();
    var secret = secrets.find(id.namespace(), secretName(f));
    if (secret.isEmpty()) return new Result.Done();
    var amended =
        codec.amend(secret.get(), id.uid(), amend.requested(), amend.debts(), amend.aborted());
    secrets.replace(amended, amend.guard());
    return new Result.Done();
  }

  Result unpublish(Facts f) {
    var secret = secrets.find(f.service().id().namespace(), secretName(f));
    if (secret.isEmpty() || !f.published().ours()) return new Result.Done();
    if (!f.published().guard().equals(secret.get().getMetadata().getResourceVersion()))
      return new Result.Unclear(
          new Failure(Reason.Pending, "the Secret was written meanwhile and is looked at again"));
    secrets.delete(secret.get());
    return new Result.Done();
  }

  /// Debts of a service that goes away are owed by the server from now on.
  Result handOver(Facts f, List<Debt> debts) {
    for (var server : debts.stream().map(Debt::server).distinct().toList()) {
      var owed = debts.stream().filter(d -> d.server().equals(server)).toList();
      if (!book.add(f.service().id(), server, owed)) return new Result.Failed(tooMany(server));
    }
    return new Result.Done();
  }

  private static Failure tooMany(String server) {
    return new Failure(
        Reason.OldServerUnreachable,
        "%d fences of deleted services of this namespace are owed to %s already: this one waits until it answers, or the platform team annotates backingservice.dev/gone"
            .formatted(DebtBook.MOST, server));
  }

  private static String secretName(Facts f) {
    return f.intent().map(i -> i.binding().secretName()).orElse(f.service().id().name());
  }
}
