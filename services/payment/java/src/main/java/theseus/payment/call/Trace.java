package theseus.payment.call;

import io.grpc.Metadata;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import theseus.payment.values.Ids;

/**
 * The request and the trace that a call belongs to.
 *
 * @param requestId the caller's {@code x-request-id} when it is usable, else a new one
 * @param traceId 32 hex digits of the W3C trace, the caller's or new
 * @param outgoing headers for the calls that this one causes, as its children in the trace
 */
public record Trace(String requestId, String traceId, Metadata outgoing) {
  private static final Pattern SANE_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");
  private static final Pattern TRACEPARENT =
      Pattern.compile(
          "(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?");
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Continues the caller's request and trace, or starts new ones where its headers are absent or
   * damaged.
   */
  static Trace of(Metadata incoming) {
    var requestId =
        Headers.text(incoming, "x-request-id")
            .filter(SANE_ID.asMatchPredicate())
            .orElseGet(Ids::newId);
    var parent =
        Headers.text(incoming, "traceparent")
            .map(TRACEPARENT::matcher)
            .filter(matcher -> matcher.matches())
            .map(matcher -> (MatchResult) matcher);
    var traceId = parent.map(found -> found.group(1)).orElseGet(() -> hex(16));
    var flags = parent.map(found -> found.group(2)).orElse("01");
    var outgoing = new Metadata();
    outgoing.put(Headers.key("x-request-id"), requestId);
    outgoing.put(Headers.key("traceparent"), "00-%s-%s-%s".formatted(traceId, hex(8), flags));
    parent
        .flatMap(found -> Headers.text(incoming, "tracestate"))
        .ifPresent(state -> outgoing.put(Headers.key("tracestate"), state));
    return new Trace(requestId, traceId, outgoing);
  }

  /** A new request, which no call has caused. */
  public static Trace start() {
    return of(new Metadata());
  }

  private static String hex(int bytes) {
    var random = new byte[bytes];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
