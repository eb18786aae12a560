package process

import (
	"fmt"
	"io"
	"log/slog"
	"os/signal"
	"strings"
	"syscall"
)

// Name is that of the process, in its log and to whom it tells of its calls.
const Name = "inventory"

const timeFormat = "2006-01-02T15:04:05.000Z"

// Levels that slog has no names for.
const (
	LevelTrace  = slog.LevelDebug - 4
	LevelFatal  = slog.LevelError + 4
	LevelSilent = LevelFatal + 4
)

// logLevels are the words of LOG_LEVEL.
var logLevels = []struct {
	word  string
	level slog.Level
}{
	{"trace", LevelTrace},
	{"debug", slog.LevelDebug},
	{"info", slog.LevelInfo},
	{"warn", slog.LevelWarn},
	{"error", slog.LevelError},
	{"fatal", LevelFatal},
	{"silent", LevelSilent},
}

// NewLog writes JSON lines. Times are in ISO format, levels are words. An error's text comes from this service or from the
// store, never from a caller. Texts and lines have bounded lengths.
func NewLog(out io.Writer, level slog.Level) *slog.Logger {
	handler := slog.NewJSONHandler(boundedLines{out}, &slog.HandlerOptions{Level: level, ReplaceAttr: replaceAttr})
	return slog.New(handler).With("name", Name)
}

// OutliveReader lets the process go on when nobody reads its output any more. Lines are lost then; without this, the next
// one would end it with SIGPIPE.
func OutliveReader() {
	signal.Ignore(syscall.SIGPIPE)
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

func (c *Config) parseLogLevel(text string) string {
	if text == "" {
		text = "info"
	}
	words := make([]string, len(logLevels))
	for i, each := range logLevels {
		if each.word == text {
			c.LogLevel = each.level
			return ""
		}
		words[i] = each.word
	}
	return "must be one of " + strings.Join(words, ", ")
}
