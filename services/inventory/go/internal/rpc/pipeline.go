package rpc

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/contract"
	"theseus.local/inventory/internal/refusal"
)

// serveCall takes one call through identity, deadline, access and handler. Every call ends with one status and one line in
// the log.
func (s *Server) serveCall(m *method, stream grpc.ServerStream) error {
	started := time.Now()
	md, _ := metadata.FromIncomingContext(stream.Context())
	requestID, caller := requestIDOf(md), s.identity.callerOf(md)
	call := s.telemetry.Answer(m.path, parentOf(md))
	var refused *refusal.Error
	if err := s.admit(m, stream, md, caller); err != nil {
		refused = declared(m.policy, err)
	}
	took := time.Since(started)
	endCall(call, requestID, refused, took)
	logCall(s.logOf(requestID, call), m.path, caller, refused, took)
	if refused == nil {
		return nil
	}
	return refused
}

// admit runs a call that may be made, within its time.
func (s *Server) admit(m *method, stream grpc.ServerStream, md metadata.MD, caller string) error {
	period, err := s.enter(m.policy)
	if err != nil {
		return err
	}
	defer period.calls.Done()
	ctx, end := context.WithCancelCause(stream.Context())
	defer context.AfterFunc(period.stopped, func() { end(context.Cause(period.stopped)) })()
	ctx, cancel := context.WithTimeout(ctx, timeLeft(ctx, m.policy.Timeout, callMargin))
	defer cancel()
	principal, err := s.identity.principalOf(md)
	if err != nil {
		return err
	}
	if err := checkAccess(m.policy.Allow, caller, principal); err != nil {
		return err
	}
	return run(withCall(ctx, Call{Caller: caller, Principal: principal}), m, stream, period)
}

// run returns when the handler does, or when the call must end. A handler that ignores its context goes on alone.
func run(ctx context.Context, m *method, stream grpc.ServerStream, period *period) error {
	outcome := make(chan error, 1)
	period.calls.Go(func() {
		outcome <- withoutPanic(func() error { return m.handle(&callStream{ServerStream: stream, ctx: ctx, method: m}) })
	})

	// A response stream could go on for an hour, so it ends when its period does. Other calls may finish.
	var draining <-chan struct{}
	if m.responseStream {
		draining = period.draining.Done()
	}
	select {
	case err := <-outcome:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-draining:
		return refusal.New(errorv1.ErrorReason_SERVICE_UNAVAILABLE, "the server takes no more of this stream; ask again where it ended")
	}
}

// declared keeps a refusal that the method may answer, and turns every other error into INTERNAL.
func declared(policy contract.Policy, err error) *refusal.Error {
	refused := refusal.From(err)
	if refused.Reason == errorv1.ErrorReason_INTERNAL && refused.Cause != nil {
		return refusal.Internal(refused.Cause)
	}
	if policy.MayAnswer(refused.Reason) {
		return refused
	}
	return refusal.Internal(err)
}

// How long before its caller's deadline a call ends at most. On a busy machine tens of milliseconds go by until a status is
// out; whoever watches loses nothing by an earlier end.
const (
	callMargin  = 100 * time.Millisecond
	watchMargin = 250 * time.Millisecond
)

// timeLeft is the smaller of a timeout and the caller's. It ends a little before the caller's deadline: at the deadline itself
// grpc-go resets the stream, and the caller would read CANCELLED.
func timeLeft(ctx context.Context, timeout, margin time.Duration) time.Duration {
	deadline, limited := ctx.Deadline()
	if !limited {
		return timeout
	}
	left := time.Until(deadline)
	return min(timeout, left-min(left/10, margin))
}

// refuseUnknown answers calls of methods that do not exist.
func (s *Server) refuseUnknown(_ any, stream grpc.ServerStream) error {
	path, _ := grpc.MethodFromServerStream(stream)
	refused := refusal.New(errorv1.ErrorReason_UNIMPLEMENTED, "there is no such method")
	md, _ := metadata.FromIncomingContext(stream.Context())
	log := s.log.With("request_id", requestIDOf(md), "trace_id", parentOf(md).Trace())
	logCall(log, path, s.identity.callerOf(md), refused, 0)
	return refused
}

func withoutPanic(run func() error) (err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("panic: %v\n%s", panicked, debug.Stack())
		}
	}()
	return run()
}
