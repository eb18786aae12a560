package process

import (
	"bufio"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"os/exec"
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

// The test runs itself as the process whose reader goes.
func TestTheProcessOutlivesTheReaderOfItsLog(t *testing.T) {
	const role = "LOG_WITHOUT_READER"
	if os.Getenv(role) != "" {
		OutliveReader()
		_, _ = io.Copy(io.Discard, os.Stdin)
		NewLog(os.Stdout, slog.LevelInfo).Info("nobody reads this")
		_, _ = io.WriteString(os.Stderr, "it goes on")
		os.Exit(0)
	}
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), role+"=1")
	var said strings.Builder
	child.Stderr = &said
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	_ = stdout.Close()
	_ = stdin.Close()
	if err := child.Wait(); err != nil || said.String() != "it goes on" {
		t.Errorf("it ended with %v, having said %q", err, said.String())
	}
}
