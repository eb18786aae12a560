package theseus.payment.telemetry;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import theseus.payment.process.Environment;
import theseus.payment.process.Environment.Kind;

/**
 * Where telemetry goes, and how often.
 *
 * @param endpoint base URL of a receiver of OTLP over HTTP
 * @param resource what is said of all that is told
 * @param spanDelay how long a span waits for others to go with it
 * @param recordDelay the same of a log record
 * @param metricInterval from one export of the metrics to the next
 */
public record TelemetrySettings(
    URI endpoint,
    Map<String, String> resource,
    Duration spanDelay,
    Duration recordDelay,
    Duration metricInterval) {
  private static final long HOUR_MS = 3_600_000;

  /** Secret: a URL may carry a password. */
  private static final Kind<Optional<URI>> ENDPOINT =
      new Kind<>(
          "must be a URL that starts with http:// or https://", TelemetrySettings::url, true);

  private static final Kind<Map<String, String>> RESOURCE =
      new Kind<>("must be key=value, separated by commas", TelemetrySettings::attributes, false);
  private static final Kind<Duration> DELAY = Kind.milliseconds(1, HOUR_MS);
  private static final Kind<Duration> INTERVAL = Kind.milliseconds(100, HOUR_MS);

  /**
   * Empty without OTEL_EXPORTER_OTLP_ENDPOINT: then nothing is recorded. Incomplete when there is a
   * fault.
   */
  public static Optional<TelemetrySettings> read(Environment environment) {
    var endpoint =
        environment
            .optional("OTEL_EXPORTER_OTLP_ENDPOINT", ENDPOINT, Optional.empty())
            .flatMap(url -> url);
    var resource = environment.optional("OTEL_RESOURCE_ATTRIBUTES", RESOURCE, Map.of());
    var spans = environment.optional("OTEL_BSP_SCHEDULE_DELAY", DELAY, Duration.ofSeconds(5));
    var records = environment.optional("OTEL_BLRP_SCHEDULE_DELAY", DELAY, Duration.ofSeconds(1));
    var metrics =
        environment.optional("OTEL_METRIC_EXPORT_INTERVAL", INTERVAL, Duration.ofMinutes(1));
    return endpoint.map(
        url ->
            new TelemetrySettings(
                url,
                resource.orElse(Map.of()),
                spans.orElse(Duration.ZERO),
                records.orElse(Duration.ZERO),
                metrics.orElse(Duration.ZERO)));
  }

  /** Where one signal goes: {@code traces}, {@code metrics} or {@code logs}. */
  String urlOf(String signal) {
    var base = endpoint.toString();
    return URI.create(base.endsWith("/") ? base : base + "/").resolve("v1/" + signal).toString();
  }

  private static Optional<Optional<URI>> url(String text) {
    try {
      var url = new URI(text);
      var isHttp = text.startsWith("http://") || text.startsWith("https://");
      return isHttp && url.getHost() != null ? Optional.of(Optional.of(url)) : Optional.empty();
    } catch (URISyntaxException none) {
      return Optional.empty();
    }
  }

  /** A text that is damaged says nothing, as the specification of OpenTelemetry wants. */
  private static Optional<Map<String, String>> attributes(String text) {
    var attributes = new LinkedHashMap<String, String>();
    try {
      for (var pair : text.split(",", -1)) {
        var at = pair.indexOf('=');
        if (at < 1) return Optional.of(Map.of());
        attributes.put(decode(pair.substring(0, at)), decode(pair.substring(at + 1)));
      }
    } catch (IllegalArgumentException damaged) {
      return Optional.of(Map.of());
    }
    return Optional.of(attributes);
  }

  /** The JDK's decoder takes a plus for a space. */
  private static String decode(String text) {
    return URLDecoder.decode(text.strip().replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
