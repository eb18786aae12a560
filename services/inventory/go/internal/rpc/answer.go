package rpc

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/contract"
	"theseus.local/inventory/internal/refusal"
)

// answer answers one call: identity, access, deadline, handler, and one status and one line in the log at the end,
// whatever happens. A handler that does not notice the end of its time is left to itself.
func (s *Server) answer(m *method, stream grpc.ServerStream) error {
	started := time.Now()
	md, _ := metadata.FromIncomingContext(stream.Context())
	caller := s.identity.callerOf(md)
	ctx, end := context.WithCancelCause(stream.Context())
	defer context.AfterFunc(s.cutOff, func() { end(context.Cause(s.cutOff)) })()
	ctx, cancel := context.WithTimeout(ctx, timeLeft(ctx, m.policy.Timeout))
	defer cancel()

	var refused *refusal.Error
	if err := s.perform(ctx, m, stream, md, caller); err != nil {
		refused = toAnswer(m.policy, err)
	}
	log := s.log.With("x-request-id", requestIDOf(md), "trace_id", traceIDOf(md))
	report(log, m.path, caller, refused, time.Since(started))
	if refused == nil {
		return nil
	}
	return refused
}

func (s *Server) perform(ctx context.Context, m *method, stream grpc.ServerStream, md metadata.MD, caller string) error {
	principal, err := s.identity.principalOf(md)
	if err != nil {
		return err
	}
	if err := checkAccess(m.policy.Allow, caller, principal); err != nil {
		return err
	}
	ctx = withCall(ctx, Call{Caller: caller, Principal: principal})
	outcome := make(chan error, 1)
	go func() {
		outcome <- guarded(func() error { return m.handle(&wire{ServerStream: stream, ctx: ctx, method: m}) })
	}()

	// Streams that could go on for an hour end when the server begins to stop; everything else may finish.
	var draining <-chan struct{}
	if m.responseStream {
		draining = s.draining.Done()
	}
	select {
	case err := <-outcome:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-draining:
		return refusal.New(errorv1.ErrorReason_SERVICE_UNAVAILABLE, "the server is stopping; ask again where the stream ended")
	}
}

// toAnswer is what goes out for an error: a refusal that the method may answer as it is, everything else as INTERNAL.
func toAnswer(policy contract.Policy, err error) *refusal.Error {
	refused := refusal.From(err)
	if refused.Reason == errorv1.ErrorReason_INTERNAL && refused.Cause != nil {
		return refusal.Internal(refused.Cause)
	}
	if policy.MayAnswer(refused.Reason) {
		return refused
	}
	return refusal.Internal(err)
}

// timeLeft is the method's timeout, or what the caller gives if that is less. It ends a little before the caller's
// deadline does: at that moment grpc-go resets the stream, and the caller would read CANCELLED.
func timeLeft(ctx context.Context, timeout time.Duration) time.Duration {
	deadline, limited := ctx.Deadline()
	if !limited {
		return timeout
	}
	left := time.Until(deadline)
	return min(timeout, left-min(left/10, 5*time.Millisecond))
}

// unknown answers calls of methods that there are not.
func (s *Server) unknown(_ any, stream grpc.ServerStream) error {
	path, _ := grpc.MethodFromServerStream(stream)
	refused := refusal.New(errorv1.ErrorReason_UNIMPLEMENTED, "there is no such method")
	md, _ := metadata.FromIncomingContext(stream.Context())
	report(s.log.With("x-request-id", requestIDOf(md), "trace_id", traceIDOf(md)), path, s.identity.callerOf(md), refused, 0)
	return refused
}

func guarded(run func() error) (err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("panic: %v\n%s", panicked, debug.Stack())
		}
	}()
	return run()
}

// report writes one line for each call, and one more with the cause of a fault of ours or of what stands behind us.
func report(log *slog.Logger, path, caller string, refused *refusal.Error, took time.Duration) {
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
