package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Material;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Urls;
import dev.backingservice.model.Place;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import java.util.LinkedHashMap;
import java.util.SortedMap;
import java.util.TreeMap;

/// The keys of a PostgreSQL binding. Pure.
final class Entries {
  private Entries() {}

  static SortedMap<String, Sensitive> of(Place place, Material material) {
    var database = Schemas.of(place).database();
    var endpoint = material.server().data();
    var entries = new LinkedHashMap<String, String>();
    entries.put("type", "postgresql");
    entries.put("provider", "postgresql");
    entries.put("host", endpoint.host());
    entries.put("port", Integer.toString(endpoint.port()));
    entries.put("database", database);
    entries.put("schema", Schemas.of(place).first());
    entries.put("username", material.username());
    entries.put("password", material.password().reveal());
    var target = endpoint.authority() + "/" + Urls.encoded(database);
    var user =
        Urls.encoded(material.username()) + ":" + Urls.encoded(material.password().reveal()) + "@";
    entries.put("uri", "postgresql://" + user + target + query(material, Dialect.LIBPQ));
    entries.put("jdbc-url", "jdbc:postgresql://" + target + query(material, Dialect.JDBC));
    entries.put("r2dbc-url", "r2dbc:postgresql://" + target + query(material, Dialect.R2DBC));
    var sensitive = new TreeMap<String, Sensitive>();
    entries.forEach((name, value) -> sensitive.put(name, new Sensitive(value)));
    return sensitive;
  }

  /// The same parameters under each driver's names; JDBC reads a key as DER (PKCS#8).
  private enum Dialect {
    LIBPQ("sslmode", "sslrootcert", "sslcert", "sslkey", "tls.key"),
    JDBC("sslmode", "sslrootcert", "sslcert", "sslkey", "tls.pk8"),
    R2DBC("sslMode", "sslRootCert", "sslCert", "sslKey", "tls.key");

    private final String mode;
    private final String root;
    private final String certificate;
    private final String key;
    private final String keyFile;

    Dialect(String mode, String root, String certificate, String key, String keyFile) {
      this.mode = mode;
      this.root = root;
      this.certificate = certificate;
      this.key = key;
      this.keyFile = keyFile;
    }
  }

  private static String query(Material material, Dialect names) {
    var mode = material.server().trust().mode();
    var query = "?" + names.mode + "=" + Connections.sslMode(mode);
    if (mode == Trust.Mode.Disabled) return query;
    query += Urls.file(names.root, "ca.crt", material.bindingPath());
    if (material.server().clientCertificate() == Server.ClientCertificate.Offered) return query;
    return query
        + Urls.file(names.certificate, "tls.crt", material.bindingPath())
        + Urls.file(names.key, names.keyFile, material.bindingPath());
  }
}
