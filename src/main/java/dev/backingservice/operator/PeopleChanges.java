package dev.backingservice.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;

/// Lets through what people change: spec, annotations, deletion. Our own status writes wake nobody.
public class PeopleChanges<T extends HasMetadata> implements OnUpdateFilter<T> {
  @Override
  public boolean accept(T now, T before) {
    var is = now.getMetadata();
    var was = before.getMetadata();
    return !Objects.equals(is.getUid(), was.getUid())
        || !Objects.equals(is.getGeneration(), was.getGeneration())
        || !Objects.equals(is.getAnnotations(), was.getAnnotations())
        || !Objects.equals(is.getFinalizers(), was.getFinalizers())
        || !Objects.equals(is.getDeletionTimestamp(), was.getDeletionTimestamp());
  }
}
