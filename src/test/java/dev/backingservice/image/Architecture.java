package dev.backingservice.image;

/// A kind of machine, by the name that OCI gives it (Go's GOARCH).
enum Architecture {
  amd64("x86_64", "lib64/ld-linux-x86-64.so.2"),
  arm64("aarch64", "lib/ld-linux-aarch64.so.1");

  private final String cpu;
  private final String loader;

  /// @param cpu as uname(1) and the emulator name it
  /// @param loader of programs, below the root of a system
  Architecture(String cpu, String loader) {
    this.cpu = cpu;
    this.loader = loader;
  }

  /// This machine's.
  static Architecture here() {
    return System.getProperty("os.arch").equals(arm64.cpu) ? arm64 : amd64;
  }

  String emulator() {
    return "qemu-%s-static".formatted(cpu);
  }

  String loader() {
    return loader;
  }
}
