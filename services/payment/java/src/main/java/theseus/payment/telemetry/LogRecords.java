package theseus.payment.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Lines of the log as log records. */
record LogRecords(Logger logger) {
  /** Parts of a record that are no attributes. */
  private static final Set<String> OTHER_PARTS =
      Set.of("level", "time", "name", "msg", "trace_id", "span_id");

  /** What the semantic conventions call the parts of an error. */
  private static final Map<String, String> EXCEPTION =
      Map.of(
          "type", "exception.type",
          "message", "exception.message",
          "stack", "exception.stacktrace");

  void emit(Map<String, ?> line) {
    var level = text(line, "level").toUpperCase(Locale.ROOT);
    var record =
        logger
            .logRecordBuilder()
            .setSeverity(Severity.valueOf(level))
            .setSeverityText(level)
            .setBody(text(line, "msg"))
            .setContext(contextOf(text(line, "trace_id"), text(line, "span_id")));
    if (line.get("time") instanceof Instant time) record.setTimestamp(time);
    line.forEach((name, value) -> put(record, name, value));
    record.emit();
  }

  private static void put(LogRecordBuilder record, String name, Object value) {
    if (value == null || OTHER_PARTS.contains(name)) return;
    if (value instanceof Optional<?> some) put(record, name, some.orElse(null));
    else if (value instanceof Map<?, ?> error) putError(record, error);
    else if (value instanceof Boolean truth) record.setAttribute(key(name), truth);
    else if (value instanceof Double || value instanceof Float) {
      record.setAttribute(AttributeKey.doubleKey(name), ((Number) value).doubleValue());
    } else if (value instanceof Number number) {
      record.setAttribute(AttributeKey.longKey(name), number.longValue());
    } else record.setAttribute(AttributeKey.stringKey(name), value.toString());
  }

  private static AttributeKey<Boolean> key(String name) {
    return AttributeKey.booleanKey(name);
  }

  private static void putError(LogRecordBuilder record, Map<?, ?> error) {
    EXCEPTION.forEach(
        (part, name) -> {
          if (error.get(part) instanceof String text) {
            record.setAttribute(AttributeKey.stringKey(name), text);
          }
        });
  }

  private static Context contextOf(String traceId, String spanId) {
    var place =
        SpanContext.create(traceId, spanId, TraceFlags.getSampled(), TraceState.getDefault());
    return place.isValid() ? Context.root().with(Span.wrap(place)) : Context.root();
  }

  private static String text(Map<String, ?> line, String name) {
    return line.get(name) instanceof String text ? text : "";
  }
}
