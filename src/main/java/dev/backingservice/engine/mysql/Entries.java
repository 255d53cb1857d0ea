package dev.backingservice.engine.mysql;

import dev.backingservice.engine.Material;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Urls;
import dev.backingservice.model.Place;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/// The keys of a MariaDB or MySQL binding. Pure. Both have the type `mysql`: that is the one that
/// frameworks listen to.
final class Entries {
  private Entries() {}

  static SortedMap<String, Sensitive> of(Place place, Material material, Dialect server) {
    var driver = Driver.of(material.driver());
    var database = Databases.of(place);
    var endpoint = material.server().data();
    var entries = new LinkedHashMap<String, String>();
    entries.put("type", "mysql");
    entries.put("provider", server.name().toLowerCase(Locale.ROOT));
    entries.put("host", endpoint.host());
    entries.put("port", Integer.toString(endpoint.port()));
    entries.put("database", database);
    entries.put("username", material.username());
    entries.put("password", material.password().reveal());
    var target = endpoint.authority() + "/" + Urls.encoded(database);
    var user =
        Urls.encoded(material.username()) + ":" + Urls.encoded(material.password().reveal()) + "@";
    entries.put("uri", "mysql://" + user + target + query(material, Dialects.CLIENT));
    entries.put("jdbc-url", driver.scheme + "//" + target + query(material, driver.parameters));
    entries.put(
        "r2dbc-url", driver.r2dbc + "//" + target + query(material, driver.r2dbcParameters));
    var sensitive = new TreeMap<String, Sensitive>();
    entries.forEach((name, value) -> sensitive.put(name, new Sensitive(value)));
    return sensitive;
  }

  /// The driver that `jdbc-url` and `r2dbc-url` are written for.
  enum Driver {
    MariaDB("jdbc:mariadb:", Dialects.MARIADB, "r2dbc:mariadb:", Dialects.MARIADB),
    MySQL("jdbc:mysql:", Dialects.CONNECTOR_J, "r2dbc:mysql:", Dialects.R2DBC);

    private final String scheme;
    private final Dialects parameters;
    private final String r2dbc;
    private final Dialects r2dbcParameters;

    Driver(String scheme, Dialects parameters, String r2dbc, Dialects r2dbcParameters) {
      this.scheme = scheme;
      this.parameters = parameters;
      this.r2dbc = r2dbc;
      this.r2dbcParameters = r2dbcParameters;
    }

    private static Driver of(String name) {
      return name.equals(MySQL.name()) ? MySQL : MariaDB;
    }
  }

  /// The same parameters under each client's names.
  private enum Dialects {
    CLIENT("ssl-mode", "VERIFY_IDENTITY", "VERIFY_CA", "DISABLED", "ssl-ca", "ssl-cert", "ssl-key"),
    MARIADB("sslMode", "verify-full", "verify-ca", "disable", "serverSslCert", "", ""),
    CONNECTOR_J("sslMode", "VERIFY_IDENTITY", "VERIFY_CA", "DISABLED", "", "", ""),
    R2DBC("sslMode", "verify_identity", "verify_ca", "disabled", "sslCa", "sslCert", "sslKey");

    private final String mode;
    private final String full;
    private final String authority;
    private final String none;
    private final String root;
    private final String certificate;
    private final String key;

    Dialects(
        String mode,
        String full,
        String authority,
        String none,
        String root,
        String certificate,
        String key) {
      this.mode = mode;
      this.full = full;
      this.authority = authority;
      this.none = none;
      this.root = root;
      this.certificate = certificate;
      this.key = key;
    }

    private String word(Trust.Mode trust) {
      return switch (trust) {
        case VerifyFull -> full;
        case VerifyCA -> authority;
        case Disabled -> none;
      };
    }
  }

  private static String query(Material material, Dialects names) {
    var trust = material.server().trust().mode();
    var query = "?" + names.mode + "=" + names.word(trust);
    if (trust == Trust.Mode.Disabled) return query;
    query += Urls.file(names.root, "ca.crt", material.bindingPath());
    if (material.server().clientCertificate() == Server.ClientCertificate.Offered) return query;
    return query
        + Urls.file(names.certificate, "tls.crt", material.bindingPath())
        + Urls.file(names.key, "tls.key", material.bindingPath());
  }
}
