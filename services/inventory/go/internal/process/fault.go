package process

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"time"
)

// Fault says what is wrong with one variable, and how to mend it.
type Fault struct {
	Variable string
	// Given is the value; nil for an absent variable and for a secret.
	Given   *string
	Problem string
}

// Faults are all faults of a configuration.
type Faults []Fault

func (f Faults) Error() string {
	problems := make([]string, len(f))
	for i, each := range f {
		problems[i] = each.Variable + ": " + each.Problem
	}
	return strings.Join(problems, "\n")
}

// ReportFaults writes a line for each fault of the configuration.
func ReportFaults(out io.Writer, faults Faults) {
	handler := slog.NewJSONHandler(boundedLines{out}, &slog.HandlerOptions{ReplaceAttr: replaceAttr})
	for _, fault := range faults {
		record := slog.NewRecord(time.Now(), LevelFatal, fault.Problem, 0)
		record.Add("event", "config", "variable", fault.Variable)
		if fault.Given != nil {
			record.Add("given", *fault.Given)
		}
		_ = handler.Handle(context.Background(), record)
	}
}
