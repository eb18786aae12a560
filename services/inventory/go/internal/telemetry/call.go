package telemetry

import (
	"context"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/codes"
)

const (
	requestIDKey = attribute.Key("theseus.request_id")
	reasonKey    = attribute.Key("theseus.reason")
)

// Call is a call that is answered, as a span of its trace.
type Call struct {
	TraceID string
	// SpanID is empty when nobody is told.
	SpanID string

	told   *Telemetry
	method string
	span   trace.Span
}

// Outcome is how a call ended.
type Outcome struct {
	Code codes.Code
	// Reason is that of a refusal, such as ITEM_NOT_FOUND; empty when there is none.
	Reason    string
	RequestID string
	Took      time.Duration
}

// Answer begins the span of a call of the method with a path (/package.Service/Method). Without a parent it begins a trace.
func (t *Telemetry) Answer(path string, parent Place) Call {
	if t == nil {
		return Call{TraceID: parent.Trace()}
	}
	method := strings.TrimPrefix(path, "/")
	ctx := trace.ContextWithRemoteSpanContext(context.Background(), parent.spanContext())
	_, span := t.tracer.Start(ctx, method,
		trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(semconv.RPCSystemNameGRPC, semconv.RPCMethod(method)))
	place := span.SpanContext()
	return Call{TraceID: place.TraceID().String(), SpanID: place.SpanID().String(), told: t, method: method, span: span}
}

// End is to be called once.
func (c Call) End(outcome Outcome) {
	if c.told == nil {
		return
	}
	name := code.Code(outcome.Code).String()
	ended := []attribute.KeyValue{semconv.RPCResponseStatusCode(name)}
	if isServerFault(outcome.Code) {
		ended = append(ended, semconv.ErrorTypeKey.String(name))
		c.span.SetStatus(otelcodes.Error, "")
	}
	c.span.SetAttributes(ended...)
	c.span.SetAttributes(requestIDKey.String(outcome.RequestID))
	if outcome.Reason != "" {
		c.span.SetAttributes(reasonKey.String(outcome.Reason))
	}
	c.span.End()
	series := attribute.NewSet(append(ended, semconv.RPCSystemNameGRPC, semconv.RPCMethod(c.method))...)
	c.told.duration.RecordSet(context.Background(), outcome.Took.Seconds(), series)
}

// isServerFault reports whether a code is the server's own fault, by the semantic conventions for gRPC.
func isServerFault(code codes.Code) bool {
	switch code {
	case codes.Unknown, codes.DeadlineExceeded, codes.Unimplemented, codes.Internal, codes.Unavailable, codes.DataLoss:
		return true
	default:
		return false
	}
}
