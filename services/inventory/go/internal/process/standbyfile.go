package process

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
)

func (c *Config) parseStandbyFile(text string) string {
	if text != "" && !filepath.IsAbs(text) {
		return "must be an absolute path"
	}
	c.StandbyFile = text
	return ""
}

// StandbyFile tells by a file whether the process is in standby.
type StandbyFile struct {
	path    string
	log     *slog.Logger
	standby bool
	failing bool
}

// NewStandbyFile takes the first look. Until a look succeeds the process is in standby, unless there is no path.
func NewStandbyFile(path string, log *slog.Logger) *StandbyFile {
	f := &StandbyFile{path: path, log: log, standby: path != ""}
	_ = f.look()
	return f
}

// Standby looks whether the file is there. A look that fails changes nothing.
func (f *StandbyFile) Standby() bool {
	err := f.look()
	if err != nil && !f.failing {
		f.log.Warn("it cannot be seen whether there is a standby file; nothing changes until it can", "event", "standby-file", "err", err)
	}
	f.failing = err != nil
	return f.standby
}

func (f *StandbyFile) look() error {
	if f.path == "" {
		return nil
	}
	_, err := os.Stat(f.path)
	switch {
	case err == nil:
		f.standby = true
	case errors.Is(err, fs.ErrNotExist):
		f.standby = false
	default:
		return err
	}
	return nil
}
