package dev.backingservice.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// One real Postfix relay on loopback: STARTTLS at one port, TLS from the start at another,
/// accounts that may send as one address each, and mailboxes of `example.org`. Nothing leaves it.
public final class Postfix implements Books, AutoCloseable {
  /// An account and the only address it may send as.
  public static final String USER = "orders";

  public static final String SENDER = "orders@example.org";
  private static final String REALM = "relay";
  private static final Path MASTER = Path.of("/usr/lib/postfix/sbin/master");
  private static final Pattern SUBJECT = Pattern.compile("(?m)^Subject: (\\d+)\\r?$");
  private final Path folder;
  private final Map<String, String> settings = new TreeMap<>();
  private final int port = Ports.free();
  private final int implicitPort = Ports.free();
  private Process server;

  private Postfix(String name, Path in) {
    this.folder = in.resolve(name);
  }

  /// Installs the package where it is missing.
  public static Postfix start(String name, Path in, Pki pki) throws Exception {
    Processes.run(
        List.of("operator/sandbox/packages.sh", "postfix=postfix", "saslpasswd2=sasl2-bin"));
    var relay = new Postfix(name, in);
    for (var part : List.of("conf/sasl", "queue", "data", "mail"))
      Files.createDirectories(relay.folder.resolve(part));
    Processes.run(List.of("chmod", "755", in.toString()));
    pki.issue(relay.folder.resolve("conf"), "127.0.0.1", "localhost");
    relay.write("conf/senders", "%s %s@%s\n".formatted(SENDER, USER, REALM));
    relay.write(
        "conf/sasl/smtpd.conf",
        """
        pwcheck_method: auxprop
        auxprop_plugin: sasldb
        mech_list: PLAIN LOGIN
        sasldb_path: %s/conf/sasl/users
        """
            .formatted(relay.folder));
    relay.write("conf/master.cf", relay.services());
    relay.account("nobody-yet", "x");
    Processes.run(List.of("chown", "-R", "postfix", relay.folder.resolve("data").toString()));
    Processes.run(List.of("chown", "-R", "mail:mail", relay.folder.resolve("mail").toString()));
    relay.start();
    return relay;
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private String services() {
    return """
        %d inet n - n - - smtpd
        %d inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        proxymap unix - - n - - proxymap
        proxywrite unix - - n - 1 proxymap
        error unix - - n - - error
        retry unix - - n - - error
        discard unix - - n - - discard
        virtual unix - n n - - virtual
        anvil unix - - n - 1 anvil
        showq unix n - n - - showq
        postlog unix-dgram n - n - 1 postlogd
        """
        .formatted(port, implicitPort);
  }

  /// Takes effect at the next start; an empty value takes a setting back.
  public void set(String name, String value) {
    settings.put(name, value);
    if (value.isEmpty()) settings.remove(name);
  }

  /// Also after [#stop]: the same accounts and mails, the same ports.
  @Override
  public void start() throws Exception {
    var configured = new StringBuilder();
    var all = new TreeMap<>(usual());
    all.putAll(settings);
    all.forEach((name, value) -> configured.append(name + " = " + value + "\n"));
    write("conf/main.cf", configured.toString());
    Processes.run(List.of("postfix", "-c", folder.resolve("conf").toString(), "check"));
    server =
        Processes.start(
            folder.resolve("master.log"),
            Map.of(),
            List.of(MASTER.toString(), "-c", folder.resolve("conf").toString(), "-d"));
    for (int listening : List.of(port, implicitPort))
      Waiting.until("the relay listens", () -> listens(listening));
  }

  private static boolean listens(int port) {
    try (var socket = new java.net.Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private Map<String, String> usual() {
    return Map.ofEntries(
        Map.entry("compatibility_level", "3.6"),
        Map.entry("queue_directory", folder.resolve("queue").toString()),
        Map.entry("data_directory", folder.resolve("data").toString()),
        Map.entry("mail_owner", "postfix"),
        Map.entry("myhostname", "relay.example.org"),
        Map.entry("mydestination", ""),
        Map.entry("inet_interfaces", "127.0.0.1"),
        Map.entry("inet_protocols", "ipv4"),
        Map.entry("maillog_file", folder.resolve("mail.log").toString()),
        Map.entry("maillog_file_prefixes", folder.toString()),
        Map.entry("smtpd_tls_cert_file", folder.resolve("conf/server.crt").toString()),
        Map.entry("smtpd_tls_key_file", folder.resolve("conf/server.key").toString()),
        Map.entry("smtpd_tls_security_level", "encrypt"),
        Map.entry("smtpd_tls_auth_only", "yes"),
        Map.entry("smtpd_sasl_auth_enable", "yes"),
        Map.entry("smtpd_sasl_local_domain", REALM),
        Map.entry("smtpd_sender_login_maps", "texthash:" + folder.resolve("conf/senders")),
        Map.entry("smtpd_sender_restrictions", "reject_sender_login_mismatch"),
        Map.entry("smtpd_relay_restrictions", "permit_sasl_authenticated, reject"),
        Map.entry("smtpd_client_connection_rate_limit", "0"),
        Map.entry("virtual_mailbox_domains", "example.org"),
        Map.entry("virtual_mailbox_base", folder.resolve("mail").toString()),
        Map.entry("virtual_mailbox_maps", "static:all/"),
        Map.entry("virtual_uid_maps", "static:8"),
        Map.entry("virtual_gid_maps", "static:8"),
        Map.entry("virtual_minimum_uid", "1"),
        Map.entry("default_transport", "discard:"));
  }

  /// Makes an account or gives it another password, as the provider does.
  public void account(String user, String password) throws IOException, InterruptedException {
    var users = folder.resolve("conf/sasl/users").toString();
    var command = new ProcessBuilder("saslpasswd2", "-p", "-c", "-u", REALM, "-f", users, user);
    var process = command.redirectErrorStream(true).start();
    try (var in = process.getOutputStream()) {
      in.write(password.getBytes());
    }
    if (process.waitFor() != 0)
      throw new IllegalStateException(new String(process.getInputStream().readAllBytes()));
    Processes.run(List.of("chmod", "644", users));
  }

  /// Lets the account send as another address besides.
  public void alsoSends(String sender) throws IOException, InterruptedException {
    var account = USER + "@" + REALM;
    write("conf/senders", "%s %2$s\n%3$s %2$s\n".formatted(SENDER, account, sender));
    Processes.run(List.of("postfix", "-c", folder.resolve("conf").toString(), "reload"));
  }

  /// The numbers in the subjects of the mails that it has taken: delivered, or on their way.
  @Override
  public Set<Long> written() {
    var ids = new HashSet<Long>();
    delivered();
    try (var files = Files.walk(folder.resolve("mail"))) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var subject = SUBJECT.matcher(Files.readString(file));
        if (subject.find()) ids.add(Long.parseLong(subject.group(1)));
      }
      return ids;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until every mail that was taken lies in its mailbox.
  private void delivered() {
    try {
      for (var part : List.of("maildrop", "incoming", "active", "deferred"))
        Waiting.until("mails are delivered", () -> empty(folder.resolve("queue").resolve(part)));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean empty(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.noneMatch(Files::isRegularFile);
    } catch (UncheckedIOException e) {
      return false; // a mail that moved on meanwhile
    }
  }

  /// From outside it looks dead.
  @Override
  public void stop() {
    var children = server.descendants().toList();
    server.destroyForcibly().onExit().join();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  /// Accepts connections, and is silent until it is thawed.
  public AutoCloseable frozen() throws IOException, InterruptedException {
    signal("-STOP", List.of(server.pid())); // from here on it makes no more processes
    var all =
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of(server.pid()),
                server.descendants().map(ProcessHandle::pid))
            .toList();
    signal("-STOP", all);
    return () -> signal("-CONT", all);
  }

  private static void signal(String signal, List<Long> processes)
      throws IOException, InterruptedException {
    for (var pid : processes) new ProcessBuilder("kill", signal, pid.toString()).start().waitFor();
  }

  @Override
  public int port() {
    return port;
  }

  /// Where TLS is there from the start.
  public int implicitPort() {
    return implicitPort;
  }

  @Override
  public void close() {
    stop();
    Folders.delete(folder);
  }
}
