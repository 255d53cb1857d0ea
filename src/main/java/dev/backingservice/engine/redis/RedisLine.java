package dev.backingservice.engine.redis;

import dev.backingservice.engine.redis.Resp.Reply;
import dev.backingservice.engine.wire.Attempt;
import dev.backingservice.engine.wire.Line;
import java.io.IOException;
import java.net.Socket;

/// A connection that is logged in.
record RedisLine(Socket socket, Resp resp, Attempt attempt) implements Line {
  private static final int ALIVE_MILLIS = 2000;

  @Override
  public boolean alive() {
    try {
      int usual = socket.getSoTimeout();
      socket.setSoTimeout(ALIVE_MILLIS);
      boolean pong = resp.ask("PING") instanceof Reply.Text(var said) && said.equals("PONG");
      socket.setSoTimeout(usual);
      return pong;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public boolean reset() {
    return !socket.isClosed() && !resp.midway();
  }

  @Override
  public void discard() {
    try {
      socket.close();
    } catch (IOException e) {
      return; // it is gone either way
    }
  }
}
