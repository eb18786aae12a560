package rpc

import (
	"log/slog"
	"time"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/codes"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/refusal"
	"theseus.local/inventory/internal/telemetry"
)

// endCall ends the span of a call.
func endCall(call telemetry.Call, requestID string, refused *refusal.Error, took time.Duration) {
	outcome := telemetry.Outcome{Code: codes.OK, RequestID: requestID, Took: took}
	if refused != nil {
		outcome.Code, outcome.Reason = refused.Code(), refused.Reason.String()
	}
	call.End(outcome)
}

// logOf is the log of a call.
func (s *Server) logOf(requestID string, call telemetry.Call) *slog.Logger {
	log := s.log.With("request_id", requestID, "trace_id", call.TraceID)
	if call.SpanID != "" {
		log = log.With("span_id", call.SpanID)
	}
	return log
}

// logCall writes one line for a call. A fault of the service or of its store has one more, with its cause.
func logCall(log *slog.Logger, path, caller string, refused *refusal.Error, took time.Duration) {
	attrs := []any{"event", "call", "method", path}
	if refused == nil {
		attrs = append(attrs, "code", code.Code_OK.String())
	} else {
		attrs = append(attrs, "code", code.Code(refused.Code()).String(), "reason", refused.Reason.String())
		switch {
		case refused.Reason == errorv1.ErrorReason_INTERNAL:
			log.Error("the call failed by a fault of this service", "event", "fault", "method", path, "err", refused.Cause)
		case refused.Code() == codes.Unavailable && refused.Cause != nil:
			log.Warn(refused.Text, "event", "unavailable", "method", path, "err", refused.Cause)
		}
	}
	attrs = append(attrs, "ms", float64(took.Microseconds())/1000)
	if caller != "" {
		attrs = append(attrs, "caller", caller)
	}
	log.Info("", attrs...)
}
