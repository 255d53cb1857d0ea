package dev.backingservice.engines;

import dev.backingservice.engines.HostileServer.Wire;

/// The protocol of PostgreSQL. It knows the administrator's password, so that it can go on after
/// the login.
///
/// @param answered how many statements are answered before the session begins to be hostile
record HostilePostgres(String password, int answered) implements HostileServer.Dialogue {
  HostilePostgres(String password) {
    this(password, 0);
  }

  @Override
  public void begin(Wire plain) throws Exception {
    plain.in.readNBytes(8);
  }

  @Override
  public void consent(Wire plain) throws Exception {
    plain.out.write('S');
  }

  @Override
  public void secured(Wire wire, HostileMode mode) throws Exception {
    wire.in.readNBytes(wire.in.readInt() - 4);
    if (mode.stage() == HostileMode.Stage.Login) {
      mode.play(wire);
      return;
    }
    new HostileLogin(wire, password, mode.scram()).play();
    new HostileSession(wire, mode, answered).play();
  }
}
