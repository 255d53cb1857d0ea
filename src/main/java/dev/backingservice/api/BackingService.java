package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An attachment to a [BackingServer], owned by the application team. Editing `spec.server` swaps.
@Group("backingservice.dev")
@Version("v1alpha1")
@ShortNames("bsvc")
@Categories("backing")
@AdditionalPrinterColumn(name = "Server", jsonPath = ".spec.server")
@AdditionalPrinterColumn(name = "Active", jsonPath = ".status.active.server")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(
    name = "Epoch",
    jsonPath = ".status.active.epoch",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Access", jsonPath = ".status.access", priority = 1)
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase", priority = 1)
@AdditionalPrinterColumn(name = "Login", jsonPath = ".status.active.login", priority = 1)
@AdditionalPrinterColumn(
    name = "Available",
    jsonPath = ".status.conditions[?(@.type==\"Available\")].status",
    priority = 1)
public class BackingService extends CustomResource<BackingServiceSpec, BackingServiceStatus>
    implements Namespaced {
  private static final long serialVersionUID = 1;
  private transient List<String> unknownValues = List.of();

  @Override
  public void setSpec(@Nullable BackingServiceSpec spec) {
    unknownValues = UnknownValues.taken();
    super.setSpec(spec);
  }

  /// The same spec and status, with metadata of its own.
  public BackingService copy() {
    var copy = new BackingService();
    copy.setMetadata(new ObjectMetaBuilder(getMetadata()).build());
    copy.setSpec(getSpec());
    copy.setStatus(getStatus());
    copy.unknownValues = unknownValues;
    return copy;
  }

  /// What of the spec this version does not know, such as `spec.access: Auditor`.
  @JsonIgnore
  public List<String> unknownValues() {
    return unknownValues;
  }
}
