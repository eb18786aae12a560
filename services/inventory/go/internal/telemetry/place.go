package telemetry

import (
	"crypto/rand"
	"encoding/hex"
	"regexp"
	"strings"

	"go.opentelemetry.io/otel/trace"
)

var traceparent = regexp.MustCompile(`^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$`)

// Place is a place in a W3C trace: 32 and 16 hex digits, and the flags as two. The zero value is none.
type Place struct{ TraceID, SpanID, Flags string }

// ParseTraceparent reads the place that a traceparent names. It returns none for one that cannot be believed.
func ParseTraceparent(text string) Place {
	match := traceparent.FindStringSubmatch(text)
	if match == nil || match[1] == "ff" || strings.Trim(match[2], "0") == "" || strings.Trim(match[3], "0") == "" {
		return Place{}
	}
	return Place{TraceID: match[2], SpanID: match[3], Flags: match[4]}
}

// Trace is the id of the place's trace. Where there is none it is a new id.
func (p Place) Trace() string {
	if p.TraceID != "" {
		return p.TraceID
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	return hex.EncodeToString(id)
}

// spanContext is the place as the SDK wants it; not valid for none.
func (p Place) spanContext() trace.SpanContext {
	traceID, _ := trace.TraceIDFromHex(p.TraceID)
	spanID, _ := trace.SpanIDFromHex(p.SpanID)
	flags, _ := hex.DecodeString(p.Flags)
	config := trace.SpanContextConfig{TraceID: traceID, SpanID: spanID, Remote: true}
	if len(flags) == 1 {
		config.TraceFlags = trace.TraceFlags(flags[0]) & trace.FlagsSampled
	}
	return trace.NewSpanContext(config)
}
