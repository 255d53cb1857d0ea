package dev.backingservice.sandbox;

import java.util.concurrent.Callable;

/// A program that ends when its work does, also when it fails: clients keep threads that would
/// hold the process for ever.
public final class Program {
  private Program() {}

  /// Never returns.
  ///
  /// @param work whether all is well
  public static void run(Callable<Boolean> work) {
    boolean good = false;
    try {
      good = work.call();
    } catch (WrongArgument e) {
      System.err.println(e.getMessage());
    } catch (Exception e) {
      e.printStackTrace();
    }
    System.exit(good ? 0 : 1);
  }

  /// Whoever started the program reads its message, and no stack trace.
  public static final class WrongArgument extends RuntimeException {
    private static final long serialVersionUID = 1;

    public WrongArgument(String message) {
      super(message);
    }
  }
}
