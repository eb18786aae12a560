package theseus.payment;

import com.mongodb.ConnectionString;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import theseus.payment.call.Identity;
import theseus.payment.process.Environment;
import theseus.payment.process.Environment.Kind;
import theseus.payment.process.Log;
import theseus.payment.server.Address;
import theseus.payment.telemetry.TelemetrySettings;

/**
 * The configuration, from environment variables.
 *
 * @param mesh the sidecar's outbound address
 * @param mongodbFile the file that holds the store's URL; empty when a variable does
 * @param standbyFile while there is a file at this path, the process is in standby
 * @param identity empty for a process that trusts no certificates and no tokens
 * @param recoverAfter how old unfinished work must be before recovery takes it up
 * @param telemetry empty: nobody is told of calls
 */
record Config(
    Address listen,
    Address mesh,
    ConnectionString mongodb,
    Optional<String> mongodbFile,
    Optional<Path> standbyFile,
    Optional<Identity.Settings> identity,
    Duration recoverAfter,
    Log.Level logLevel,
    Optional<TelemetrySettings> telemetry) {
  private static final String MONGODB_FILE = "MONGODB_URL_FILE";
  private static final long LONGEST_RECOVER_AFTER_MS = 3_600_000;

  private static final Kind<Address> LISTEN =
      new Kind<>(
          "must be unix:/path (at most 107 bytes) or host:port, for example 127.0.0.1:0",
          Address::parse,
          false);
  private static final Kind<Address> PEER =
      new Kind<>(
          "must be unix:/path (at most 107 bytes) or host:port",
          text -> Address.parse(text).filter(Config::canBeCalled),
          false);
  private static final Kind<ConnectionString> MONGODB =
      new Kind<>("must be a URL that starts with mongodb:// or mongodb+srv://", Config::url, true);
  private static final Kind<Optional<Path>> STANDBY =
      new Kind<>("must be an absolute path", Config::absolute, false);
  private static final Kind<String> TRUST_DOMAIN =
      new Kind<>(
          "must be a SPIFFE trust domain, 1 to 255 of a-z, 0-9, '.', '-', '_', for example"
              + " shop.example",
          text -> Optional.of(text).filter(Config::isTrustDomain),
          false);
  private static final Kind<String> TEXT = new Kind<>("must be a text", Optional::of, false);
  private static final Kind<Duration> RECOVER_AFTER =
      Kind.milliseconds(0, LONGEST_RECOVER_AFTER_MS);
  private static final Kind<Log.Level> LEVEL =
      new Kind<>(
          "must be one of "
              + Arrays.stream(Log.Level.values())
                  .map(Log.Level::word)
                  .collect(Collectors.joining(", ")),
          Log.Level::of,
          false);

  static Config read(Map<String, String> variables) {
    var environment = new Environment(variables);
    var listen = environment.required("LISTEN", LISTEN);
    var mesh = environment.required("MESH", PEER);
    var mongodb = environment.secret("MONGODB_URL", MONGODB);
    var standbyFile = environment.optional("LAUNCH_STANDBY_FILE", STANDBY, Optional.empty());
    var identity = identity(environment);
    var recoverAfter =
        environment.optional("RECOVER_AFTER_MS", RECOVER_AFTER, Duration.ofSeconds(20));
    var level = environment.optional("LOG_LEVEL", LEVEL, Log.Level.INFO);
    var telemetry = TelemetrySettings.read(environment);
    environment.check();
    return new Config(
        listen.orElseThrow(),
        mesh.orElseThrow(),
        mongodb.orElseThrow(),
        Optional.ofNullable(variables.get(MONGODB_FILE)).filter(path -> !path.isEmpty()),
        standbyFile.orElseThrow(),
        identity,
        recoverAfter.orElseThrow(),
        level.orElseThrow(),
        telemetry);
  }

  /** The store's URL, read again where a file holds it. */
  ConnectionString currentMongodb() {
    if (mongodbFile.isEmpty()) return mongodb;
    var environment = new Environment(Map.of(MONGODB_FILE, mongodbFile.get()));
    var current = environment.secret("MONGODB_URL", MONGODB);
    environment.check();
    return current.orElseThrow();
  }

  /** Incomplete when there is a fault. */
  private static Optional<Identity.Settings> identity(Environment environment) {
    if (!environment.together("TRUST_DOMAIN", "TOKEN_SUBJECT_PREFIX", "ADMIN_ROLE")) {
      return Optional.empty();
    }
    return Optional.of(
        new Identity.Settings(
            environment.optional("TRUST_DOMAIN", TRUST_DOMAIN, "").orElse(""),
            environment.optional("TOKEN_SUBJECT_PREFIX", TEXT, "").orElse(""),
            environment.optional("ADMIN_ROLE", TEXT, "").orElse("")));
  }

  private static boolean isTrustDomain(String text) {
    return text.matches("[a-z0-9._-]{1,255}");
  }

  private static boolean canBeCalled(Address address) {
    return !(address instanceof Address.Tcp tcp && tcp.port() == 0);
  }

  private static Optional<ConnectionString> url(String text) {
    try {
      return Optional.of(new ConnectionString(text));
    } catch (IllegalArgumentException none) {
      return Optional.empty();
    }
  }

  private static Optional<Optional<Path>> absolute(String text) {
    try {
      var path = Path.of(text);
      return path.isAbsolute() ? Optional.of(Optional.of(path)) : Optional.empty();
    } catch (InvalidPathException none) {
      return Optional.empty();
    }
  }
}
