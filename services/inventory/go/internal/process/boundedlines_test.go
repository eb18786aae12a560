package process

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestALineIsBounded(t *testing.T) {
	var lines strings.Builder
	log := NewLog(&lines, LevelTrace).With("request_id", "r-1")
	long := strings.Repeat("é", 100_000)
	log.Warn("one", "event", "x", "method", long, "err", errors.New(strings.Repeat("x", 100_000)), "n", int64(1)<<60)
	log.Warn(long, "event", "y", "a", long, "b", long, "c", long, "d", long)

	one, two, _ := strings.Cut(lines.String(), "\n")
	var first struct {
		RequestID string `json:"request_id"`
		Method    string
		Err       struct{ Message string }
		N         int64
	}
	if err := json.Unmarshal([]byte(one), &first); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{first.Method, first.Err.Message} {
		if utf8.RuneCountInString(text) != longestText || !strings.HasSuffix(text, "…") {
			t.Errorf("a text has %d characters: %.20s", utf8.RuneCountInString(text), text)
		}
	}
	if first.RequestID != "r-1" || first.N != 1<<60 {
		t.Errorf("%+v", first)
	}

	var second map[string]any
	if err := json.Unmarshal([]byte(two), &second); err != nil {
		t.Fatal(err)
	}
	if len(two) > longestLine || second["request_id"] != "r-1" || second["event"] != "y" || second["cut"] != true {
		t.Errorf("%d bytes: %.200s", len(two), two)
	}
}
