package rpc

import (
	"context"
	"sync"
	"time"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/contract"
	"theseus.local/inventory/internal/refusal"
)

// period is a time in which calls are taken.
type period struct {
	// draining is done when the period ends, stopped when calls under way have had their time.
	draining, stopped context.Context
	drain             context.CancelFunc
	stop              context.CancelCauseFunc
	// calls are those under way, and calls that go on without their call.
	calls sync.WaitGroup
}

// newPeriod makes a period within another one: it ends with it at the latest.
func newPeriod(draining, stopped context.Context) *period {
	p := &period{}
	p.draining, p.drain = context.WithCancel(draining)
	p.stopped, p.stop = context.WithCancelCause(stopped)
	return p
}

// writing lets calls of writing methods in while the process is active.
type writing struct {
	mu sync.Mutex
	// now is nil in standby.
	now *period
}

// enter gives the period that a new call is in; nil in standby. Whoever enters says when the call is done.
func (w *writing) enter() *period {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now != nil {
		w.now.calls.Add(1)
	}
	return w.now
}

func (w *writing) begin(within *period) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = newPeriod(within.draining, within.stopped)
}

// end refuses new calls and waits until those under way have ended. Calls that take longer than drain are cancelled.
func (w *writing) end(drain time.Duration) {
	w.mu.Lock()
	ended := w.now
	w.now = nil
	w.mu.Unlock()
	if ended == nil {
		return
	}
	ended.drain()
	timer := time.AfterFunc(drain, func() { ended.stop(inStandby()) })
	defer timer.Stop()
	ended.calls.Wait()
	ended.stop(nil)
}

// enter gives the period that a call of a method is in. Whoever enters says when the call is done.
func (s *Server) enter(policy contract.Policy) (*period, error) {
	if !policy.ReadOnly {
		if now := s.writing.enter(); now != nil {
			return now, nil
		}
		return nil, inStandby()
	}
	s.serving.calls.Add(1)
	return s.serving, nil
}

func inStandby() error {
	return refusal.New(errorv1.ErrorReason_SERVICE_UNAVAILABLE, "this process is in standby: it answers reads alone")
}
