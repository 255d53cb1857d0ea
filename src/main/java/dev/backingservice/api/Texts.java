package dev.backingservice.api;

/// Patterns and bounds that several fields share.
public final class Texts {
  /// GEP-2257: the subset of Go's durations that Gateway API accepts, at most [#DURATION_MAX]
  /// characters.
  static final String DURATION = "^([0-9]{1,5}(h|m|s|ms)){1,4}$";

  static final int DURATION_MAX = 32;

  /// RFC 1123 label or subdomain, as Kubernetes names its objects.
  static final String NAME = "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";

  static final int NAME_MAX = 253;

  /// RFC 1123 subdomain.
  private static final String SUBDOMAIN =
      "[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

  private static final String LABEL = "([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?";
  private static final int LABEL_MAX = 63;

  /// A key of a Secret or ConfigMap.
  static final String KEY = "^[-._a-zA-Z0-9]+$";

  /// Keys of a binding that come from its server and stay so.
  static final String FIXED =
      "^(type|provider|host|port|database|ca[.]crt|tls[.](crt|key|pk8)|keystore[.]p12|keystore-password)$";

  /// An identifier on a database server: at most 63 bytes, printable, without quotes or
  /// backslashes.
  static final String IDENTIFIER = "^[A-Za-z_][A-Za-z0-9_$-]*$";

  static final int IDENTIFIER_MAX = 63;

  /// Variables that make a program load code, or change where it looks for it.
  static final String LOADS_CODE =
      "^(LD_.*|DYLD_.*|.*_OPTIONS|.*OPTS?(_.*)?|.*PATH|.*FLAGS|ENV|BASH_ENV|ZDOTDIR|PYTHON.*|GIT_.*|PERL5LIB|PERL5DB|RUBYLIB|JAVA_HOME|DOTNET_.*|ASPNETCORE_HOSTINGSTARTUPASSEMBLIES|npm_config_.*|CORECLR_.*|LUA_.*|BUNDLE_.*|ERL_.*|R_(PROFILE|ENVIRON|LIBS).*|.*_CMD_ARGS|LOGGING_CONFIG|PHPRC|PHP_INI_SCAN_DIR|OPENSSL_(CONF|MODULES|ENGINES)|SPRING_APPLICATION_JSON|SPRING_CONFIG_.*|IFS|PS4|PROMPT_COMMAND|(HTTP|HTTPS|ALL|NO)_PROXY|(http|https|all|no)_proxy)$";

  /// CEL of a block with `entries`: each may be a key of a Secret.
  static final String ENTRIES_ARE_KEYS =
      "!has(self.entries) || self.entries.all(k, k.matches('^[-._a-zA-Z0-9]{1,253}$'))";

  /// CEL of a block with `entries`: none is a variable that loads code.
  static final String ENTRIES_LOAD_NO_CODE =
      "!has(self.entries) || self.entries.all(k, !k.matches('" + LOADS_CODE + "'))";

  /// Where a container's system keeps programs, libraries and devices: a mount there would hide
  /// them.
  static final String SYSTEM_PATH =
      "^/+((bin|boot|dev|lib|lib32|lib64|libx32|proc|sbin|sys|usr)(/.*)?|etc/*)$";

  /// A segment that means the folder it stands in.
  static final String DOT_SEGMENT = "^.*/[.](/.*)?$";

  /// Whether a mount at this path could hide programs or libraries.
  public static boolean systemPath(String path) {
    return path.isEmpty()
        || path.matches(SYSTEM_PATH)
        || path.contains("//")
        || path.contains("..")
        || path.matches(DOT_SEGMENT);
  }

  /// Whether a variable of this name makes a program load code, or changes where it looks for it.
  public static boolean loadsCode(String variable) {
    return variable.matches(LOADS_CODE);
  }

  /// Whether a key of a binding comes from its server.
  public static boolean fixed(String key) {
    return key.matches(FIXED);
  }

  /// Whether a label can have this key: a name of at most 63 characters, and before it, where there
  /// is a slash, a domain (Kubernetes documentation, "Labels and Selectors", syntax).
  public static boolean labelKey(String key) {
    int slash = key.indexOf('/');
    var domain = slash < 0 ? "a" : key.substring(0, slash);
    var name = key.substring(slash + 1);
    return domain.length() <= NAME_MAX
        && domain.matches(SUBDOMAIN)
        && !name.isEmpty()
        && labelValue(name);
  }

  /// Whether a label can have this value.
  public static boolean labelValue(String value) {
    return value.length() <= LABEL_MAX && value.matches(LABEL);
  }

  /// Whether a Secret can have a key of this name.
  public static boolean key(String name) {
    return name.length() <= NAME_MAX && name.matches(KEY);
  }

  private Texts() {}
}
