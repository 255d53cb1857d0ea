package dev.backingservice.engine;

import java.util.concurrent.TimeUnit;

/// A pause between two looks.
public final class Pause {
  private Pause() {}

  /// @return false when this thread shall stop
  public static boolean ofMillis(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
