package theseus.payment.telemetry;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** A place in a W3C trace: 32 and 16 hex digits, and the flags as two. */
public record SpanPlace(String traceId, String spanId, String flags) {
  /** Of a trace that begins here: sampled. */
  static final String FIRST_FLAGS = "01";

  private static final Pattern TRACEPARENT =
      Pattern.compile(
          "(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
  private static final SecureRandom RANDOM = new SecureRandom();

  /** The place that a {@code traceparent} names; empty for one that cannot be believed. */
  public static Optional<SpanPlace> parse(String traceparent) {
    var parts = TRACEPARENT.matcher(traceparent);
    if (!parts.matches()) return Optional.empty();
    return Optional.of(new SpanPlace(parts.group(1), parts.group(2), parts.group(3)));
  }

  /** A new place; without a parent in a new trace. */
  static SpanPlace below(Optional<SpanPlace> parent) {
    return new SpanPlace(
        parent.isPresent() ? parent.get().traceId : hex(16),
        hex(8),
        parent.isPresent() ? parent.get().flags : FIRST_FLAGS);
  }

  /** As W3C Trace Context writes it, version 00. */
  public String toTraceparent() {
    return "00-" + traceId + "-" + spanId + "-" + flags;
  }

  private static String hex(int bytes) {
    var random = new byte[bytes];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
