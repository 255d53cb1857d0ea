package dev.backingservice.toy;

import dev.backingservice.sandbox.Pki;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;

/// A store of notes behind TLS. One command a line, words between tabs; the answer is one line,
/// `ok` with its words or `no` with a reason.
public final class Toy implements AutoCloseable {
  public static final String ADMIN = "admin";
  public static final String ADMIN_PASSWORD = "of-the-store";
  private final String id = UUID.randomUUID().toString();
  private final ServerSocket listener;
  private final SortedMap<String, Account> accounts = new TreeMap<>();
  private final SortedMap<String, String> notes = new TreeMap<>();
  private final Map<Socket, String> sessions = new ConcurrentHashMap<>();

  /// @param level 0 for an account that is locked; 1 may read, 2 write, 3 clear
  record Account(String password, int level, String prefix, String mark) {}

  public Toy(Pki pki) throws Exception {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(pki.store(Pki.Shape.PLAIN, "127.0.0.1"), new char[0]);
    var tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);
    listener =
        (SSLServerSocket)
            tls.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        var socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void serve(Socket socket) {
    try (socket;
        var in = new BufferedReader(new InputStreamReader(socket.getInputStream()));
        var out = new PrintWriter(socket.getOutputStream())) {
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        out.print(answer(socket, List.of(line.split("\t", -1))) + "\n");
        out.flush();
      }
    } catch (IOException e) {
      return; // the client is gone
    } finally {
      sessions.remove(socket);
    }
  }

  private synchronized String answer(Socket socket, List<String> words) {
    if (words.getFirst().equals("login")) return login(socket, words.get(1), words.get(2));
    var user = sessions.get(socket);
    if (user == null) return "no\tlogin first";
    return user.equals(ADMIN) ? administered(words) : used(accounts.get(user), words);
  }

  private String login(Socket socket, String user, String password) {
    var account = user.equals(ADMIN) ? new Account(ADMIN_PASSWORD, 9, "", "") : accounts.get(user);
    if (account == null || !account.password.equals(password)) return "no\twrong";
    if (account.level == 0) return "no\tlocked";
    sessions.put(socket, user);
    return "ok";
  }

  private String used(@Nullable Account account, List<String> words) {
    int needed = Map.of("read", 1, "write", 2, "clear", 3).getOrDefault(words.getFirst(), 9);
    if (account == null || account.level < needed) return "no\tnot yours";
    if (!words.get(1).startsWith(account.prefix)) return "no\tnot yours";
    if (needed == 2) notes.put(words.get(1), words.get(2));
    if (needed == 3) notes.remove(words.get(1));
    return "ok\t" + notes.getOrDefault(words.get(1), "");
  }

  private String administered(List<String> words) {
    return switch (words.getFirst()) {
      case "who" -> "ok\t" + id;
      case "names" -> "ok\t" + String.join("\t", accounts.keySet());
      case "show" -> shown(words.get(1));
      case "make" -> made(words);
      case "drop" -> "ok\t" + (accounts.remove(words.get(1)) == null ? 0 : 1);
      case "count" -> "ok\t" + of(words.get(1)).size();
      case "end" -> "ok\t" + ended(words.get(1));
      case "note" -> "ok\t" + notes.getOrDefault("#" + words.get(1), "");
      case "keep" -> "ok\t" + kept("#" + words.get(1), words.get(2));
      default -> "no\tunknown";
    };
  }

  private String shown(String name) {
    var account = accounts.get(name);
    if (account == null) return "no\tnobody";
    return String.join(
        "\t", "ok", account.password, "" + account.level, account.prefix, account.mark);
  }

  private String made(List<String> words) {
    int level = Integer.parseInt(words.get(3));
    accounts.put(words.get(1), new Account(words.get(2), level, words.get(4), words.get(5)));
    return "ok";
  }

  private String kept(String name, String text) {
    notes.put(name, text);
    if (text.isEmpty()) notes.remove(name);
    return text;
  }

  private Set<Socket> of(String user) {
    var open = ConcurrentHashMap.<Socket>newKeySet();
    sessions.forEach(
        (socket, who) -> {
          if (who.equals(user)) open.add(socket);
        });
    return open;
  }

  private int ended(String user) {
    var open = of(user);
    for (var socket : open)
      try {
        sessions.remove(socket);
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    return open.size();
  }

  /// As an owner of the store would.
  public synchronized void forget(String note) {
    notes.remove("#" + note);
  }

  /// A session as a workload opens it.
  public Client client(Pki pki, String user, String password) throws Exception {
    var socket = pki.clients().createSocket("127.0.0.1", port());
    socket.getOutputStream().write(("login\t" + user + "\t" + password + "\n").getBytes());
    var in = new BufferedReader(new InputStreamReader(socket.getInputStream()));
    var said = in.readLine();
    if ("ok".equals(said)) return new Client(socket, in);
    socket.close();
    throw new IOException(said);
  }

  /// An open session.
  public record Client(Socket socket, BufferedReader in) implements AutoCloseable {
    public boolean alive() {
      try {
        socket.getOutputStream().write("read\tnothing\n".getBytes());
        return in.readLine() != null;
      } catch (IOException e) {
        return false;
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (var socket : sessions.keySet()) socket.close();
  }
}
