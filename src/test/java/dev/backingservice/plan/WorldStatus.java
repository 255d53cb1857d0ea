package dev.backingservice.plan;

import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.status.MemoryReader;
import dev.backingservice.status.MemoryWriter;

/// What is remembered goes through the words of the status each time, as it does in the cluster.
final class WorldStatus {
  private WorldStatus() {}

  static Memory reread(Aftermath after) {
    var memory = after.memory();
    var held = memory.held();
    return MemoryReader.read(
        new BackingServiceStatus(
            null,
            null,
            null,
            null,
            null,
            MemoryWriter.active(memory),
            null,
            MemoryWriter.retained(memory),
            MemoryWriter.swap(after),
            MemoryWriter.debts(memory),
            null,
            MemoryWriter.lastEpoch(memory, null),
            MemoryWriter.workloads(after),
            null,
            held.isEmpty() ? null : new BackingServiceStatus.Inventory(held.getAsInt()),
            null,
            null,
            memory.handledRetry().isEmpty() ? null : memory.handledRetry(),
            MemoryWriter.unasked(memory),
            MemoryWriter.omitted(after)));
  }
}
