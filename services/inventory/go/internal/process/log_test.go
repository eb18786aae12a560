package process

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"
)

func TestALogLineHasLevelsAsWordsAndErrorsAsTexts(t *testing.T) {
	var lines strings.Builder
	NewLog(&lines, LevelTrace).Warn("trouble", "err", io.ErrUnexpectedEOF)
	var line struct {
		Level, Msg, Name, Time string
		Err                    struct{ Message string }
	}
	text, _ := bufio.NewReader(strings.NewReader(lines.String())).ReadBytes('\n')
	if err := json.Unmarshal(text, &line); err != nil {
		t.Fatal(err)
	}
	if line.Level != "warn" || line.Msg != "trouble" || line.Err.Message != io.ErrUnexpectedEOF.Error() {
		t.Errorf("%s", text)
	}
	if _, err := time.Parse(time.RFC3339, line.Time); err != nil {
		t.Error(err)
	}
}
