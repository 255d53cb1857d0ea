package dev.backingservice.observe;

import dev.backingservice.api.Annotations;
import dev.backingservice.api.BackingService;
import dev.backingservice.api.BackingServiceSpec;
import dev.backingservice.api.BindingBlock;
import dev.backingservice.api.Inject;
import dev.backingservice.api.PostgresqlBlock;
import dev.backingservice.api.SwapBlock;
import dev.backingservice.api.Texts;
import dev.backingservice.api.WorkloadReference;
import dev.backingservice.engine.Defaults;
import dev.backingservice.engine.Engines;
import dev.backingservice.model.Access;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Credentials;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.SwapPolicy;
import dev.backingservice.model.WorkloadSelector;
import dev.backingservice.plan.Facts.Request;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a spec asks for, or the sentence that says what to write instead.
public final class IntentReader {
  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration CERTIFICATE = Duration.ofHours(2160);

  private IntentReader() {}

  static Request read(BackingService resource, Engines engines) {
    var spec = resource.getSpec();
    var block = spec.postgresql();
    var engine = engines.find(EngineKind.PostgreSQL);
    if (block == null || engine.isEmpty())
      return new Request.Refused(
          new Failure(
              Reason.EngineNotSupported,
              "this operator serves PostgreSQL only for now: use the block postgresql with a PostgreSQL server"),
          Optional.empty());
    var intent = intent(resource, spec, block, engine.get().defaults());
    var code = loadsCode(intent.binding());
    if (code.isPresent()) return new Request.Refused(code.get(), Optional.of(harmless(intent)));
    return later(spec)
        .or(() -> later(resource.getMetadata().getAnnotations()))
        .<Request>map(field -> new Request.Refused(notYet(field), Optional.of(intent)))
        .orElse(new Request.Understood(intent));
  }

  /// The schema refuses these; an object that was stored before it did is refused here.
  private static Optional<Failure> loadsCode(BindingShape shape) {
    if (Texts.systemPath(shape.mountPath()) || Texts.systemPath(shape.path()))
      return Optional.of(
          new Failure(
              Reason.AccessNotSupported,
              "inject.mountPath lies where the system keeps its programs: choose a path of its own such as /bindings"));
    return Stream.concat(
            shape.env().stream().map(BindingShape.EnvVar::name), shape.entries().keySet().stream())
        .filter(Texts::loadsCode)
        .findFirst()
        .map(
            name ->
                new Failure(
                    Reason.AccessNotSupported,
                    name
                        + " makes programs load code or changes their search path: choose another name"));
  }

  /// What is asked for without the variables that are refused.
  private static Intent harmless(Intent intent) {
    var shape = intent.binding();
    return intent.with(
        new BindingShape(
            shape.secretName(),
            shape.bindingName(),
            shape.mountPath(),
            shape.entries(),
            shape.keyStore(),
            shape.env().stream().filter(e -> !Texts.loadsCode(e.name())).toList()));
  }

  private static Failure notYet(String field) {
    return new Failure(Reason.NotYetSupported, field + " is not supported yet: remove it");
  }

  /// What the schema knows and the operator does not do yet.
  private static Optional<String> later(BackingServiceSpec spec) {
    if (spec.failover() != null) return Optional.of("spec.failover");
    if (spec.rotation() != null && spec.rotation().every() != null)
      return Optional.of("spec.rotation.every");
    if (spec.swap() != null && spec.swap().awaitReplay() == SwapBlock.AwaitReplay.IfReplica)
      return Optional.of("spec.swap.awaitReplay: IfReplica");
    return Optional.empty();
  }

  private static Optional<String> later(@Nullable Map<String, String> annotations) {
    if (annotations == null) return Optional.empty();
    return Stream.of(Annotations.ROTATE, Annotations.RETURN)
        .filter(annotations::containsKey)
        .findFirst()
        .map("the annotation "::concat);
  }

  /// How long a client certificate is good for.
  public static Duration certificateLife(BackingServiceSpec spec) {
    var certificate = spec.certificate() == null ? null : spec.certificate().duration();
    return Durations.of(certificate, CERTIFICATE);
  }

  private static Intent intent(
      BackingService resource, BackingServiceSpec spec, PostgresqlBlock block, Defaults defaults) {
    return new Intent(
        EngineKind.PostgreSQL,
        new Place(spec.server(), new Scope.Schema(block.database(), or(block.schema(), "public"))),
        new Credentials.Derived(),
        Intent.State.valueOf(or(spec.state(), BackingServiceSpec.State.Attached).name()),
        Access.valueOf(or(spec.access(), BackingServiceSpec.AccessLevel.ReadWrite).name()),
        new Intent.Limits(
            or(block.connectionLimit(), 20), Durations.of(block.statementTimeout(), Duration.ZERO)),
        Intent.CreateDatabase.valueOf(
            or(block.createDatabase(), PostgresqlBlock.CreateDatabase.Never).name()),
        shape(resource, spec, defaults),
        or(spec.workloads(), List.<WorkloadReference>of()).stream()
            .map(IntentReader::workload)
            .toList(),
        Intent.Rollout.valueOf(or(inject(spec).rollout(), Inject.Rollout.Restart).name()),
        swap(spec),
        certificateLife(spec),
        Intent.DeletionPolicy.valueOf(
            or(spec.deletionPolicy(), BackingServiceSpec.DeletionPolicy.Retain).name()));
  }

  private static BindingShape shape(
      BackingService resource, BackingServiceSpec spec, Defaults defaults) {
    var name = resource.getMetadata().getName();
    var binding = spec.binding();
    var inject = inject(spec);
    var env =
        inject.env() == null
            ? defaults.env().entrySet().stream()
                .map(e -> new BindingShape.EnvVar(e.getKey(), e.getValue()))
                .toList()
            : inject.env().stream().map(e -> new BindingShape.EnvVar(e.name(), e.key())).toList();
    return new BindingShape(
        binding == null ? name : or(binding.secretName(), name),
        name,
        or(inject.mountPath(), "/bindings").replaceAll("/+$", ""),
        binding == null ? Map.of() : or(binding.entries(), Map.<String, String>of()),
        binding == null || binding.keystore() != BindingBlock.KeyStore.None,
        env);
  }

  private static Inject inject(BackingServiceSpec spec) {
    return or(spec.inject(), new Inject(null, null, null));
  }

  private static WorkloadSelector workload(WorkloadReference reference) {
    var name = reference.name();
    return new WorkloadSelector(
        WorkloadSelector.Kind.valueOf(reference.kind().name()),
        name != null
            ? new WorkloadSelector.Choice.Named(name)
            : new WorkloadSelector.Choice.Labelled(
                Selectors.read(Objects.requireNonNull(reference.selector()))),
        Set.copyOf(or(reference.containers(), List.<String>of())),
        WorkloadSelector.Injection.valueOf(
            or(reference.inject(), WorkloadReference.Injection.Full).name()));
  }

  private static SwapPolicy swap(BackingServiceSpec spec) {
    var swap = or(spec.swap(), new SwapBlock(null, null, null, null, null, null));
    var overlap = spec.rotation() == null ? null : spec.rotation().overlap();
    return new SwapPolicy(
        Durations.of(swap.fenceTimeout(), Duration.ofSeconds(10)),
        Durations.of(swap.unreachableFor(), Duration.ofSeconds(2)),
        SwapPolicy.IfUnreachable.valueOf(
            or(swap.ifUnreachable(), SwapBlock.IfUnreachable.Proceed).name()),
        SwapPolicy.IfNotDrained.valueOf(
            or(swap.ifNotDrained(), SwapBlock.IfNotDrained.Abort).name()),
        Durations.of(swap.retainOld(), DAY),
        Durations.of(overlap, Duration.ofMinutes(5)));
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
