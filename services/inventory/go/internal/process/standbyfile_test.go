package process

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAStandbyFileMeansStandby(t *testing.T) {
	path := filepath.Join(t.TempDir(), "standby")
	file := NewStandbyFile(path, slog.New(slog.DiscardHandler))
	if file.Standby() {
		t.Error("standby without the file")
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !file.Standby() {
		t.Error("active beside the file")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if file.Standby() {
		t.Error("standby after the file")
	}
	if NewStandbyFile("", slog.New(slog.DiscardHandler)).Standby() {
		t.Error("standby without a path")
	}
}

func TestALookThatFailsChangesNothing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "run")
	path := filepath.Join(folder, "standby")
	blockLooks := func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(folder, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	active := NewStandbyFile(path, logger)
	blockLooks()
	for range 2 {
		if active.Standby() {
			t.Error("an active process goes to standby")
		}
	}
	if lines := strings.Count(log.String(), "\n"); lines != 1 {
		t.Errorf("%d lines for one fault:\n%s", lines, log.String())
	}
	if !NewStandbyFile(path, logger).Standby() {
		t.Error("a process that has not seen whether there is a file is active")
	}
}

func TestAStandbyFileHasAnAbsolutePath(t *testing.T) {
	for text, ok := range map[string]bool{"": true, "/run/standby": true, "standby": false, "./standby": false} {
		var c Config
		if problem := c.parseStandbyFile(text); (problem == "") != ok {
			t.Errorf("LAUNCH_STANDBY_FILE=%q: %q", text, problem)
		}
	}
}
