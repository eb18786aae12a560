package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// severities are the numbers of the log's levels.
var severities = map[string]log.Severity{
	"trace": log.SeverityTrace,
	"debug": log.SeverityDebug,
	"info":  log.SeverityInfo,
	"warn":  log.SeverityWarn,
	"error": log.SeverityError,
	"fatal": log.SeverityFatal,
}

// Lines returns a writer to out. What is told is the line as it is written: with its bounds, and the names it has there.
func (t *Telemetry) Lines(out io.Writer) io.Writer {
	if t == nil {
		return out
	}
	return lines{out, t.logger}
}

// lines takes one line of the log, JSON, a Write.
type lines struct {
	out  io.Writer
	told log.Logger
}

func (l lines) Write(line []byte) (int, error) {
	n, err := l.out.Write(line)
	if record, place, ok := recordOf(line); ok {
		l.told.Emit(trace.ContextWithSpanContext(context.Background(), place), record)
	}
	return n, err
}

// recordOf reads a line and the place that it names.
func recordOf(line []byte) (record log.Record, place trace.SpanContext, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	var fields map[string]any
	if decoder.Decode(&fields) != nil {
		return record, place, false
	}
	take := func(name string) string {
		text, _ := fields[name].(string)
		delete(fields, name)
		return text
	}
	level, written := take("level"), take("time")
	at, err := time.Parse(time.RFC3339, written)
	if level == "" || err != nil {
		return record, place, false
	}
	record.SetTimestamp(at)
	record.SetSeverity(severities[level])
	record.SetSeverityText(strings.ToUpper(level))
	record.SetBody(attribute.StringValue(take("msg")))
	take("name")
	place = placeOf(take("trace_id"), take("span_id"))
	for name, value := range fields {
		if name == "err" {
			record.AddAttributes(exceptionOf(value)...)
		} else if told, ok := valueOf(value); ok {
			record.AddAttributes(attribute.KeyValue{Key: attribute.Key(name), Value: told})
		}
	}
	return record, place, true
}

// placeOf has the flag that a line does not tell: what is logged is told, sampled or not.
func placeOf(traceID, spanID string) trace.SpanContext {
	config := trace.SpanContextConfig{TraceFlags: trace.FlagsSampled}
	config.TraceID, _ = trace.TraceIDFromHex(traceID)
	config.SpanID, _ = trace.SpanIDFromHex(spanID)
	return trace.NewSpanContext(config)
}

// valueOf leaves lists and objects as JSON.
func valueOf(value any) (attribute.Value, bool) {
	switch value := value.(type) {
	case nil:
		return attribute.Value{}, false
	case string:
		return attribute.StringValue(value), true
	case bool:
		return attribute.BoolValue(value), true
	case json.Number:
		if whole, err := value.Int64(); err == nil {
			return attribute.Int64Value(whole), true
		}
		number, err := value.Float64()
		return attribute.Float64Value(number), err == nil
	default:
		text, err := json.Marshal(value)
		return attribute.StringValue(string(text)), err == nil
	}
}

// exceptionOf names an error, which is a text or an object in a line, as the semantic conventions do.
func exceptionOf(value any) []attribute.KeyValue {
	err, ok := value.(map[string]any)
	if !ok {
		err = map[string]any{"message": value}
	}
	var attributes []attribute.KeyValue
	for name, key := range map[string]attribute.Key{
		"type":    semconv.ExceptionTypeKey,
		"message": semconv.ExceptionMessageKey,
		"stack":   semconv.ExceptionStacktraceKey,
	} {
		if text, ok := err[name].(string); ok {
			attributes = append(attributes, key.String(text))
		}
	}
	return attributes
}
