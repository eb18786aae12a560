package telemetry

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestFailuresAreLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines strings.Builder
		failures := &Failures{}
		failures.LogTo(slog.New(slog.NewTextHandler(&lines, nil)))
		for range 150 {
			failures.Handle(errors.New("nobody listens"))
			time.Sleep(time.Second)
		}
		if got := strings.Count(lines.String(), "level=WARN"); got != 3 {
			t.Errorf("%d lines of 150 s:\n%s", got, lines.String())
		}
	})
}

func TestTheFirstFailureWaitsForTheLog(t *testing.T) {
	var lines strings.Builder
	failures := &Failures{}
	failures.Handle(errors.New("the first"))
	failures.Handle(errors.New("the second"))
	failures.LogTo(slog.New(slog.NewTextHandler(&lines, nil)))
	if got := lines.String(); !strings.Contains(got, "the first") || strings.Contains(got, "the second") {
		t.Errorf("%q", got)
	}
}

func TestAFailureWhileOneIsLoggedBlocksNobody(t *testing.T) {
	failures := &Failures{}
	failures.LogTo(slog.New(slog.NewTextHandler(failingWriter{failures}, nil)))
	failures.Handle(errors.New("nobody listens"))
}

type failingWriter struct{ failures *Failures }

func (w failingWriter) Write(line []byte) (int, error) {
	w.failures.Handle(errors.New("the line cannot be told"))
	return len(line), nil
}
