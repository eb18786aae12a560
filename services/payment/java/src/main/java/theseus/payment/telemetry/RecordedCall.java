package theseus.payment.telemetry;

import io.grpc.Status;
import io.grpc.Status.Code;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;

/** A call as a span, and as one value of a histogram. */
final class RecordedCall implements CallSpan {
  private static final AttributeKey<String> STATUS_CODE =
      AttributeKey.stringKey("rpc.response.status_code");
  private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("theseus.reason");

  /**
   * Codes that are a server's own fault (OpenTelemetry semantic conventions for gRPC); to a client
   * every refusal is one.
   */
  private static final Set<Code> SERVER_FAULTS =
      EnumSet.of(
          Code.UNKNOWN,
          Code.DEADLINE_EXCEEDED,
          Code.UNIMPLEMENTED,
          Code.INTERNAL,
          Code.UNAVAILABLE,
          Code.DATA_LOSS);

  /** Calls of one kind. */
  record Side(SpanKind kind, DoubleHistogram duration) {}

  private final Side side;
  private final Span span;
  private final SpanPlace place;
  private final Attributes known;
  private final long startedNanos = System.nanoTime();

  /**
   * @param known what the histogram says of the call besides how it ended
   */
  RecordedCall(Side side, Span span, String flags, Attributes known) {
    this.side = side;
    this.span = span;
    this.known = known;
    var context = span.getSpanContext();
    place = new SpanPlace(context.getTraceId(), context.getSpanId(), flags);
  }

  @Override
  public SpanPlace place() {
    return place;
  }

  @Override
  public void end(Status.Code code, Optional<ErrorReason> reason) {
    var seconds = (System.nanoTime() - startedNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    var ended = Attributes.builder().put(STATUS_CODE, code.name());
    if (isError(code)) ended.put(ERROR_TYPE, code.name());
    var how = ended.build();
    side.duration().record(seconds, known.toBuilder().putAll(how).build());
    span.setAllAttributes(how);
    reason.ifPresent(each -> span.setAttribute(REASON, each.name()));
    if (isError(code)) span.setStatus(StatusCode.ERROR);
    span.end();
  }

  private boolean isError(Status.Code code) {
    return side.kind() == SpanKind.CLIENT ? code != Code.OK : SERVER_FAULTS.contains(code);
  }
}
