package telemetry

import (
	"log/slog"
	"sync"
	"time"
)

// reportInterval is the least time between two lines about failures.
const reportInterval = time.Minute

// Failures logs that telling fails. It is an otel.ErrorHandler.
type Failures struct {
	log *slog.Logger

	mu       sync.Mutex
	reported time.Time
}

// NewFailures makes one that writes at most a line a minute.
func NewFailures(log *slog.Logger) *Failures { return &Failures{log: log} }

// Handle logs an error, unless one was logged a short while ago.
func (f *Failures) Handle(err error) {
	if f.isDue(time.Now()) {
		f.log.Warn("telemetry cannot be told; what waits too long is dropped", "event", "telemetry", "err", err)
	}
}

// isDue holds the lock no longer than it must: a line of the log is told too, which may fail again.
func (f *Failures) isDue(now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.reported.IsZero() && now.Sub(f.reported) < reportInterval {
		return false
	}
	f.reported = now
	return true
}
