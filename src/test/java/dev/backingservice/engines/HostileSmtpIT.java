package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.smtp.SmtpEngine;
import dev.backingservice.engines.HostileSmtp.Play;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Intent.Limits;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.ServiceId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/// Servers that speak SMTP as far as it serves them.
@Isolated("it counts threads and memory")
class HostileSmtpIT extends HostileHandshakeContract {
  /// What a relay hears of whoever logs in, and whether its lies are survived.
  @Test
  void aPasswordIsSaidAfterTlsOnlyAndInOneMechanism() throws Exception {
    var heard = new CopyOnWriteArrayList<String>();
    for (var reply : List.of("535 no", "334 " + "x".repeat(3000), "454 later", "999 ?")) {
      heard.clear();
      try (var relay =
          new HostileServer(HostileMode.SilentAfterTls, PKI, new Listener(heard, reply))) {
        assertThat(knock(relay.port())).as(reply).isNotInstanceOf(Entry.LetIn.class);
      }
      assertThat(heard.indexOf("STARTTLS")).isEqualTo(1);
      var logins = heard.stream().filter(h -> h.startsWith("AUTH")).toList();
      assertThat(logins).hasSize(1);
      assertThat(heard.indexOf(logins.getFirst())).isGreaterThan(1);
    }
  }

  private Object knock(int port) {
    var place = new Place("hostile", new Scope.Sender("orders@example.org"));
    var at = new Attachment(place, "uid", "orders", Access.ReadWrite, 1);
    var order =
        new Order(
            new ServiceId("shop", "orders", "uid"),
            "uid",
            place,
            new Limits(1, Duration.ZERO),
            Set.of());
    try {
      return engine()
          .knock(
              server(port), order, new Credential(at, new Sensitive(PASSWORD), Optional.empty()));
    } catch (EngineException e) {
      assertThat(e.sentence()).doesNotContain(PASSWORD);
      return e;
    }
  }

  /// A relay that offers everything and answers AUTH and what follows with one reply.
  private record Listener(List<String> heard, String reply) implements HostileServer.Dialogue {
    @Override
    public void consent(HostileServer.Wire plain) throws Exception {
      say(plain, "220 relay.example ESMTP");
      hear(plain);
      say(plain, "250-relay.example\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS");
      hear(plain);
      say(plain, "220 ready");
    }

    @Override
    public void secured(HostileServer.Wire wire, HostileMode mode) throws Exception {
      hear(wire);
      say(wire, "250-relay.example\r\n250 AUTH CRAM-MD5 PLAIN LOGIN");
      while (true) {
        hear(wire);
        say(wire, reply);
      }
    }

    private void hear(HostileServer.Wire wire) throws IOException {
      var line = new StringBuilder();
      for (int one = wire.in.readUnsignedByte(); one != '\n'; one = wire.in.readUnsignedByte())
        line.append((char) one);
      heard.add(line.toString().strip());
    }

    private static void say(HostileServer.Wire wire, String text) throws IOException {
      wire.out.writeBytes(text + "\r\n");
      wire.out.flush();
    }
  }

  @Override
  Engine engine() {
    return new SmtpEngine();
  }

  @Override
  HostileServer.Dialogue goesAlong() {
    return new HostileSmtp(Play.GoesAlong);
  }

  @Override
  Stream<Trial> plays() {
    return Stream.of(Play.values())
        .filter(p -> p != Play.GoesAlong)
        .map(p -> new Trial(p.name(), p.like(), new HostileSmtp(p)));
  }

  @Override
  Set<Reason> usual() {
    return Set.of(Reason.ServerUnreachable, Reason.ProtocolMismatch, Reason.CertificateNotTrusted);
  }

  @Override
  Server server(int port) {
    return server(port, "", "", "");
  }
}
