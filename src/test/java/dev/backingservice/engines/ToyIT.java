package dev.backingservice.engines;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Scope;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import dev.backingservice.sandbox.Pki;
import dev.backingservice.toy.Toy;
import dev.backingservice.toy.ToyEngine;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/// The page `adding-an-engine.md`: what every engine keeps to holds for one that was added without
/// a change of anything outside of its own package.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ToyIT extends EngineContract {
  private final Pki pki = new Pki();
  private Toy toy;
  private Server server;
  private Engine engine;

  @BeforeAll
  void start() throws Exception {
    toy = new Toy(pki);
    var endpoint = new Endpoint("127.0.0.1", toy.port());
    server =
        new Server(
            "blue",
            "server-uid",
            endpoint,
            endpoint,
            "",
            Toy.ADMIN,
            new Sensitive(Toy.ADMIN_PASSWORD),
            new Trust(Trust.Mode.VerifyFull, pki.anchor(), false),
            Server.ClientCertificate.Offered);
    engine = new ToyEngine(KEY, new FixedTerm(1), 4);
  }

  @AfterAll
  void stop() throws IOException {
    toy.close();
  }

  @Override
  Engine engine(long term) {
    return term == 1 ? engine : new ToyEngine(KEY, new FixedTerm(term), 4);
  }

  @Override
  Server server() {
    return server;
  }

  @Override
  Scope scope(String database) {
    return new Scope.Keys(database + "/");
  }

  @Override
  void database(String name) {
    toy.forget("term " + KEY.instance());
  }

  @Override
  Toy.Client session(String login, String password) throws Exception {
    return toy.client(pki, login, password);
  }

  @Override
  boolean alive(AutoCloseable session) {
    return ((Toy.Client) session).alive();
  }
}
