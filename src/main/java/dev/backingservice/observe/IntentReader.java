package dev.backingservice.observe;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.backingservice.api.Annotations;
import dev.backingservice.api.BackingService;
import dev.backingservice.api.BackingServiceSpec;
import dev.backingservice.api.BindingBlock;
import dev.backingservice.api.Inject;
import dev.backingservice.api.SwapBlock;
import dev.backingservice.api.Texts;
import dev.backingservice.api.WorkloadReference;
import dev.backingservice.engine.Defaults;
import dev.backingservice.engine.Engine;
import dev.backingservice.engine.Engines;
import dev.backingservice.model.Abilities;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Credentials;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
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
  /// Characters of a text of the tenant's that are told.
  private static final int TOLD = 100;

  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration CERTIFICATE = Duration.ofHours(2160);

  private IntentReader() {}

  static Request read(BackingService resource, Engines engines) {
    var spec = resource.getSpec();
    var block = EngineBlock.read(spec);
    var engine = EngineBlock.kind(spec).flatMap(engines::find);
    if (block.isEmpty() || engine.isEmpty())
      return new Request.Refused(
          new Failure(
              Reason.EngineNotSupported,
              "this operator serves %s only for now: use the block of one of them, with a server of that engine"
                  .formatted(engines.names())),
          Optional.empty());
    var intent = intent(resource, block.get(), engine.get());
    var code =
        loadsCode(intent.binding())
            .or(() -> replaces(intent.binding()))
            .or(() -> malformed(spec))
            .or(() -> engine.get().refusal(intent.place()));
    if (code.isPresent()) return new Request.Refused(code.get(), Optional.of(harmless(intent)));
    if (!resource.unknownValues().isEmpty())
      return new Request.Refused(unknown(resource.unknownValues().getFirst()), Optional.of(intent));
    return later(spec)
        .or(() -> later(resource.getMetadata().getAnnotations()))
        .<Request>map(field -> new Request.Refused(notYet(field), Optional.of(intent)))
        .orElse(new Request.Understood(intent));
  }

  /// What the engine of a service can do; of one that is not served nobody knows.
  static Abilities abilities(BackingService resource, Engines engines) {
    return EngineBlock.kind(resource.getSpec())
        .flatMap(engines::find)
        .map(Engine::abilities)
        .orElse(Abilities.UNKNOWN);
  }

  /// The schema refuses these; an object that was stored before it did is refused here.
  private static Optional<Failure> loadsCode(BindingShape shape) {
    if (Texts.systemPath(shape.mountPath()) || Texts.systemPath(shape.path()))
      return Optional.of(
          new Failure(
              Reason.AccessNotSupported,
              "inject.mountPath lies where the system keeps its programs: choose a path of its own such as /bindings"));
    var keys = Stream.concat(shape.entries().keySet().stream(), shape.own().keySet().stream());
    return Stream.concat(shape.env().stream().map(BindingShape.EnvVar::name), keys)
        .filter(Texts::loadsCode)
        .findFirst()
        .map(
            name ->
                new Failure(
                    Reason.AccessNotSupported,
                    name
                        + " makes programs load code or changes their search path: choose another name"));
  }

  /// What the API server would refuse to list by.
  private static Optional<Failure> malformed(BackingServiceSpec spec) {
    return or(spec.workloads(), List.<WorkloadReference>of()).stream()
        .flatMap(reference -> Stream.ofNullable(reference.selector()))
        .flatMap(selector -> Selectors.malformed(selector).stream())
        .findFirst()
        .map(
            label ->
                new Failure(
                    Reason.AccessNotSupported,
                    "spec.workloads[].selector has '%s', which is no label: write at most 63 letters, digits, '-', '_' and '.', in a key after a domain and '/' where it has one"
                        .formatted(label.substring(0, Math.min(label.length(), TOLD)))));
  }

  /// What of a binding comes from the server stays so.
  private static Optional<Failure> replaces(BindingShape shape) {
    return shape.own().keySet().stream()
        .filter(IntentReader::unfit)
        .findFirst()
        .map(
            name ->
                new Failure(
                    Reason.AccessNotSupported,
                    "entries of the engine's block cannot have the key %s: choose another name of letters, digits, '-', '_' and '.'"
                        .formatted(name)));
  }

  private static boolean unfit(String key) {
    return !key.equals("type") && (Texts.fixed(key) || !Texts.key(key) || Texts.loadsCode(key));
  }

  /// What is asked for without the variables and keys that are refused.
  private static Intent harmless(Intent intent) {
    var shape = intent.binding();
    return intent.with(
        new BindingShape(
            shape.secretName(),
            shape.bindingName(),
            shape.mountPath(),
            shape.entries(),
            without(shape.own()),
            shape.driver(),
            shape.keyStore(),
            shape.env().stream().filter(e -> !Texts.loadsCode(e.name())).toList()));
  }

  private static Map<String, String> without(Map<String, String> own) {
    return own.entrySet().stream()
        .filter(e -> !unfit(e.getKey()))
        .collect(toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /// Of a resource with a value that this version does not know.
  static Failure unknown(String value) {
    return new Failure(
        Reason.NotYetSupported,
        "this version of the operator does not know %s: upgrade it, or write another value"
            .formatted(value));
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

  /// The Secret with the credential that the tenant hands over; empty where there is none.
  public static Optional<String> givenSecret(BackingServiceSpec spec) {
    return EngineBlock.read(spec)
        .flatMap(
            block ->
                block.credentials() instanceof Credentials.Given(var secret)
                    ? Optional.of(secret)
                    : Optional.empty());
  }

  /// How long a client certificate is good for.
  public static Duration certificateLife(BackingServiceSpec spec) {
    var certificate = spec.certificate() == null ? null : spec.certificate().duration();
    return Durations.of(certificate, CERTIFICATE);
  }

  private static Intent intent(BackingService resource, EngineBlock block, Engine engine) {
    var spec = resource.getSpec();
    return new Intent(
        engine.kind(),
        new Place(spec.server(), block.scope()),
        block.credentials(),
        Intent.State.valueOf(or(spec.state(), BackingServiceSpec.State.Attached).name()),
        block.access(),
        block.limits(),
        block.createDatabase(),
        block.comparesContents(),
        shape(resource, block, engine.defaults()),
        or(spec.workloads(), List.<WorkloadReference>of()).stream()
            .filter(reference -> reference.kind() != null) // a kind that is not known
            .map(IntentReader::workload)
            .toList(),
        Intent.Rollout.valueOf(or(inject(spec).rollout(), Inject.Rollout.Restart).name()),
        swap(spec),
        certificateLife(spec),
        Intent.DeletionPolicy.valueOf(
            or(spec.deletionPolicy(), BackingServiceSpec.DeletionPolicy.Retain).name()));
  }

  private static BindingShape shape(BackingService resource, EngineBlock block, Defaults defaults) {
    var spec = resource.getSpec();
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
        block.own(),
        block.driver(),
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
    var swap = or(spec.swap(), new SwapBlock(null, null, null, null, null, null, null));
    var overlap = spec.rotation() == null ? null : spec.rotation().overlap();
    return new SwapPolicy(
        Durations.of(swap.fenceTimeout(), Duration.ofSeconds(10)),
        Durations.of(swap.unreachableFor(), Duration.ofSeconds(2)),
        SwapPolicy.IfUnreachable.valueOf(
            or(swap.ifUnreachable(), SwapBlock.IfUnreachable.Proceed).name()),
        SwapPolicy.IfNotDrained.valueOf(
            or(swap.ifNotDrained(), SwapBlock.IfNotDrained.Abort).name()),
        Durations.of(swap.retainOld(), DAY),
        Durations.of(overlap, Duration.ofMinutes(5)),
        SwapPolicy.Sequences.valueOf(or(swap.sequences(), SwapBlock.Sequences.Compare).name()));
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
