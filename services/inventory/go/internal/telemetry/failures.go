package telemetry

import (
	"log/slog"
	"sync"
	"time"
)

// reportInterval is the least time between two lines about failures.
const reportInterval = time.Minute

// Failures logs that telling fails, at most once a minute. It is an otel.ErrorHandler.
type Failures struct {
	mu sync.Mutex
	// log is nil until LogTo.
	log      *slog.Logger
	early    error
	reported time.Time
}

// LogTo begins to log, with the first error that there was before.
func (f *Failures) LogTo(log *slog.Logger) {
	f.mu.Lock()
	f.log = log
	early := f.early
	f.mu.Unlock()
	if early != nil {
		f.Handle(early)
	}
}

// Handle logs an error, unless one was logged a short while ago.
func (f *Failures) Handle(err error) {
	if log := f.take(err, time.Now()); log != nil {
		log.Warn("telemetry cannot be told as it should", "event", "telemetry", "err", err)
	}
}

// take returns where an error is to be logged now. It does not log with the lock held: a line is told too, which may fail.
func (f *Failures) take(err error, now time.Time) *slog.Logger {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.log == nil && f.early == nil:
		f.early = err
	case f.log != nil && now.Sub(f.reported) >= reportInterval:
		f.reported = now
		return f.log
	}
	return nil
}
