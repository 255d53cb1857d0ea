package dev.backingservice.kube;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The versions of all resources of a kind at one moment.
///
/// @param byUid of each resource that was there
/// @param lists of the lists in which they were read: a resource that is older and was not there
///     had been deleted
public record Versions(Map<String, String> byUid, Set<String> lists) {
  public Versions {
    byUid = Map.copyOf(byUid);
    lists = Set.copyOf(lists);
  }

  /// What is still being read.
  static final class Reading {
    private final Map<String, String> byUid = new HashMap<>();
    private final Set<String> lists = new HashSet<>();

    void item(String uid, String version) {
      byUid.put(uid, version);
    }

    void list(String version) {
      lists.add(version);
    }

    Versions done() {
      return new Versions(byUid, lists);
    }
  }
}
