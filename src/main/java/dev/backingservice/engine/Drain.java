package dev.backingservice.engine;

/// How far old sessions have ended.
///
/// @param ended sessions ended so far by this call
/// @param left sessions and prepared transactions still there; 0 means none in three counts in
/// a row
/// @param prepared how many of `left` are prepared transactions, which nobody can end but their
/// owner
public record Drain(int ended, int left, int prepared) {
  public boolean done() {
    return left == 0;
  }
}
