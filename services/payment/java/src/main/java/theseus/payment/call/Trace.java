package theseus.payment.call;

import io.grpc.Metadata;
import java.util.regex.Pattern;
import theseus.payment.process.Log;
import theseus.payment.telemetry.CallSpan;
import theseus.payment.telemetry.SpanPlace;
import theseus.payment.telemetry.Telemetry;
import theseus.payment.values.Ids;

/**
 * The request and the trace that a call belongs to.
 *
 * @param requestId the caller's {@code x-request-id} when it is usable, else a new one
 * @param span the call in its W3C trace, the caller's or a new one
 * @param outgoing headers for the calls that this one causes, as its children in the trace
 */
public record Trace(String requestId, CallSpan span, Metadata outgoing) {
  private static final Pattern SANE_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  /**
   * Continues the caller's request and trace, or starts new ones where its headers are absent or
   * damaged.
   *
   * @param method {@code package.Service/Method}
   */
  static Trace of(Metadata incoming, Telemetry telemetry, String method) {
    var requestId =
        Headers.text(incoming, "x-request-id")
            .filter(SANE_ID.asMatchPredicate())
            .orElseGet(Ids::newId);
    var parent = Headers.text(incoming, "traceparent").flatMap(SpanPlace::parse);
    var span = telemetry.answering(method, requestId, parent);
    var outgoing = new Metadata();
    outgoing.put(Headers.key("x-request-id"), requestId);
    outgoing.put(Headers.key("traceparent"), span.place().toTraceparent());
    parent
        .flatMap(found -> Headers.text(incoming, "tracestate"))
        .ifPresent(state -> outgoing.put(Headers.key("tracestate"), state));
    return new Trace(requestId, span, outgoing);
  }

  /** A new request, which no call has caused. */
  public static Trace start() {
    return of(new Metadata(), Telemetry.none(), "");
  }

  /** A log whose lines say where they belong; those of a call that is told name its span. */
  Log mark(Log log, Telemetry telemetry) {
    var place = span.place();
    var marked = log.child("request_id", requestId).child("trace_id", place.traceId());
    return telemetry.isOn() ? marked.child("span_id", place.spanId()) : marked;
  }
}
