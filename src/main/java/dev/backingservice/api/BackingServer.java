package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An attached resource: one server, owned by the platform team. Cluster-scoped.
@Group("backingservice.dev")
@Version("v1alpha1")
@ShortNames("bsrv")
@Categories("backing")
@AdditionalPrinterColumn(name = "Engine", jsonPath = ".spec.engine")
@AdditionalPrinterColumn(name = "Host", jsonPath = ".spec.host")
@AdditionalPrinterColumn(name = "Role", jsonPath = ".status.role")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(
    name = "Secure",
    jsonPath = ".status.conditions[?(@.type==\"Secure\")].status")
@AdditionalPrinterColumn(
    name = "Attached",
    jsonPath = ".status.attached",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public class BackingServer extends CustomResource<BackingServerSpec, BackingServerStatus> {
  private static final long serialVersionUID = 1;
  private transient List<String> unknownValues = List.of();

  @Override
  public void setSpec(@Nullable BackingServerSpec spec) {
    unknownValues = UnknownValues.taken();
    super.setSpec(spec);
  }

  /// What of the spec this version does not know, such as `spec.access: Auditor`.
  @JsonIgnore
  public List<String> unknownValues() {
    return unknownValues;
  }
}
