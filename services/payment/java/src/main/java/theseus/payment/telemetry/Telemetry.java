package theseus.payment.telemetry;

import java.net.SocketAddress;
import java.util.Map;
import java.util.Optional;

/**
 * What is told of calls and of lines of the log, as docs/telemetry.md says. Methods are {@code
 * package.Service/Method}.
 */
public interface Telemetry extends AutoCloseable {
  /**
   * Tells whom the settings name, and nobody without any: then no class of an SDK is loaded.
   *
   * @param name of the process
   */
  static Telemetry start(Optional<TelemetrySettings> settings, String name, String version) {
    return settings.isEmpty() ? none() : OtlpTelemetry.open(settings.get(), name, version);
  }

  /** Tells nobody. Calls have their places in traces all the same. */
  static Telemetry none() {
    return NoTelemetry.INSTANCE;
  }

  /** Whether anybody is told. */
  boolean isOn();

  /** A call that is answered here. Without a parent it begins a trace. */
  CallSpan answering(String method, String requestId, Optional<SpanPlace> parent);

  /** A call that is made to a server. */
  CallSpan calling(String method, Optional<SpanPlace> parent, SocketAddress server);

  /** A line of the log, as it was printed. */
  void record(Map<String, ?> line);

  /** Tells what is left, within a second. */
  @Override
  void close();
}
