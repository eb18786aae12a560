package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"
)

const timeFormat = "2006-01-02T15:04:05.000Z"

// newLog writes JSON lines: time in ISO, level as a word. Texts of errors are the store's and ours, never a caller's.
func newLog(out io.Writer, level slog.Level) *slog.Logger {
	handler := slog.NewJSONHandler(out, &slog.HandlerOptions{Level: level, ReplaceAttr: replaceAttr})
	return slog.New(handler).With("name", "inventory")
}

func replaceAttr(groups []string, attr slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return attr
	}
	switch attr.Key {
	case slog.TimeKey:
		return slog.String(attr.Key, attr.Value.Time().UTC().Format(timeFormat))
	case slog.LevelKey:
		level, _ := attr.Value.Any().(slog.Level)
		return slog.String(attr.Key, levelWord(level))
	case slog.MessageKey:
		if attr.Value.String() == "" {
			return slog.Attr{}
		}
	}
	if err, ok := attr.Value.Any().(error); ok {
		return slog.Group(attr.Key, "type", fmt.Sprintf("%T", err), "message", err.Error())
	}
	return attr
}

func levelWord(level slog.Level) string {
	for _, each := range logLevels {
		if level <= each.level {
			return each.word
		}
	}
	return "fatal"
}

// reportFaults writes a line for each fault of the configuration.
func reportFaults(out io.Writer, faults configFaults) {
	handler := slog.NewJSONHandler(out, &slog.HandlerOptions{ReplaceAttr: replaceAttr})
	for _, fault := range faults {
		record := slog.NewRecord(time.Now(), levelFatal, fault.Problem, 0)
		record.Add("event", "config", "variable", fault.Variable)
		if fault.Given != nil {
			record.Add("given", *fault.Given)
		}
		_ = handler.Handle(context.Background(), record)
	}
}
