package dev.backingservice.sandbox;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Passes TCP connections on from an address of its own, until it hangs or drips: from then on it
/// accepts connections, and nothing passes through any more, or a byte in a second. Counts them.
public final class Relay implements AutoCloseable {
  private static final int CHUNK = 1 << 14;
  private static final int BACKLOG = 1000;
  private final ServerSocket listener = new ServerSocket();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final int to;
  private final AtomicInteger connections = new AtomicInteger();
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private volatile boolean hangs;
  private volatile boolean drips;

  /// @param address an IP literal of this machine
  /// @param port to listen on; 0 for a free one
  /// @param to the port on loopback where connections go
  public Relay(String address, int port, int to) throws IOException {
    this.to = to;
    listener.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port), BACKLOG);
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  public String address() {
    return listener.getInetAddress().getHostAddress();
  }

  /// What is open stays open and silent, and so does what comes.
  public void hang() {
    hangs = true;
  }

  /// Every byte takes a second.
  public void drip() {
    drips = true;
  }

  /// As a machine that dies: what is open ends, too.
  public void die() throws IOException {
    close();
    for (var socket : sockets) socket.close();
  }

  /// How many connections came since it listens.
  public int connections() {
    return connections.get();
  }

  private void accept() {
    try {
      while (true) {
        var in = listener.accept();
        connections.incrementAndGet();
        sockets.add(in);
        var out = new Socket(InetAddress.getLoopbackAddress(), to);
        Thread.ofVirtual().start(() -> pass(in, out));
        Thread.ofVirtual().start(() -> pass(out, in));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void pass(Socket from, Socket to) {
    try (from;
        to) {
      var chunk = new byte[CHUNK];
      for (int n; (n = from.getInputStream().read(chunk)) >= 0; ) {
        if (hangs) closed.await();
        if (drips) drip(chunk, n, to.getOutputStream());
        else to.getOutputStream().write(chunk, 0, n);
      }
      if (hangs) closed.await();
    } catch (IOException e) {
      return; // one side hung up
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void drip(byte[] chunk, int length, OutputStream to)
      throws IOException, InterruptedException {
    for (int i = 0; i < length && !closed.await(1, TimeUnit.SECONDS); i++) {
      to.write(chunk[i]);
      to.flush();
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    listener.close();
  }
}
