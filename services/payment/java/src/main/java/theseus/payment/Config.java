package theseus.payment;

import com.mongodb.ConnectionString;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import theseus.payment.process.Environment;
import theseus.payment.process.Environment.Kind;
import theseus.payment.process.Log;
import theseus.payment.server.Address;

/**
 * What the process is told by its environment.
 *
 * @param mesh the sidecar's outbound address
 * @param recoverAfter how old unfinished work must be before recovery takes it up
 */
record Config(
    Address listen,
    Address mesh,
    ConnectionString mongodb,
    Duration recoverAfter,
    Log.Level logLevel) {
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
  private static final Kind<Duration> RECOVER_AFTER =
      new Kind<>(
          "must be a whole number, 0 to " + LONGEST_RECOVER_AFTER_MS, Config::milliseconds, false);
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
    var mongodb = environment.required("MONGODB_URL", MONGODB);
    var recoverAfter =
        environment.optional("RECOVER_AFTER_MS", RECOVER_AFTER, Duration.ofSeconds(20));
    var level = environment.optional("LOG_LEVEL", LEVEL, Log.Level.INFO);
    environment.check();
    return new Config(
        listen.orElseThrow(),
        mesh.orElseThrow(),
        mongodb.orElseThrow(),
        recoverAfter.orElseThrow(),
        level.orElseThrow());
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

  private static Optional<Duration> milliseconds(String text) {
    if (!text.matches("[0-9]{1,15}")) return Optional.empty();
    return Optional.of(Long.valueOf(text))
        .filter(value -> value <= LONGEST_RECOVER_AFTER_MS)
        .map(Duration::ofMillis);
  }
}
