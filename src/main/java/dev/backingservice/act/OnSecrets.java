package dev.backingservice.act;

import dev.backingservice.engine.EngineException;
import dev.backingservice.kube.DebtBook;
import dev.backingservice.kube.Words;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Reason;
import dev.backingservice.model.ServerDebt;
import dev.backingservice.model.ServiceId;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.Outcome.Result;
import dev.backingservice.plan.Published;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;

/// What is written into Secrets, and the one annotation on the service itself.
final class OnSecrets {
  private final Hands hands;
  private final BindingWriter writer;
  private final DebtBook book;

  OnSecrets(Hands hands) {
    this.hands = hands;
    this.writer = new BindingWriter(hands);
    this.book = new DebtBook(hands.secrets(), hands.namespace());
  }

  Result markAttached(Facts f) {
    var resource = new GenericKubernetesResource();
    resource.setApiVersion(Words.API_VERSION);
    resource.setKind("BackingService");
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withName(f.service().id().name())
            .withNamespace(f.service().id().namespace())
            .build());
    var marked = hands.resources().annotate(resource, Words.ATTACHED, "true").getMetadata();
    return new Result.Marked(marked.getResourceVersion(), marked.getGeneration());
  }

  /// One request, guarded by the version that was seen: a reader never sees old and new mixed.
  Result publish(Facts f, Action.Publish publish, Instant now) throws EngineException {
    var served =
        hands
            .directory()
            .find(publish.attachment().server())
            .orElseThrow(
                () -> EngineException.of(Reason.ServerUnreachable, "the server is not known yet"));
    var secret = writer.write(f, publish, served, now);
    if (publish.guard().isEmpty()) hands.secrets().create(secret);
    else hands.secrets().replace(secret, publish.guard());
    return new Result.Done();
  }

  /// The credential stays; what is said about the request and the debts changes.
  Result amend(Facts f, Action.Amend amend) {
    var id = f.service().id();
    var secret = hands.secrets().find(id.namespace(), secretName(f));
    if (secret.isEmpty()) return new Result.Done();
    var amended = writer.amend(secret.get(), amend, id.uid());
    hands.secrets().replace(amended, amend.guard());
    return new Result.Done();
  }

  Result unpublish(Facts f) {
    if (f.published() instanceof Published.Binding)
      hands.secrets().delete(f.service().id().namespace(), secretName(f));
    return new Result.Done();
  }

  /// Debts of a service that goes away are owed by the server from now on.
  Result handOver(Facts f, List<Debt> debts) {
    for (var server : debts.stream().map(Debt::server).distinct().toList())
      append(
          f.service().id(), server, debts.stream().filter(d -> d.server().equals(server)).toList());
    return new Result.Done();
  }

  private void append(ServiceId service, String server, List<Debt> debts) {
    var page = book.open(server);
    var all = new LinkedHashSet<>(page.debts());
    debts.forEach(d -> all.add(new ServerDebt(service, d)));
    book.write(page, List.copyOf(all));
  }

  private static String secretName(Facts f) {
    return f.intent().map(i -> i.binding().secretName()).orElse(f.service().id().name());
  }
}
