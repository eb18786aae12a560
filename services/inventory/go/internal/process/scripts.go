package process

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"theseus.local/inventory/internal/store"
)

// parseScripts loads the scripts of a folder. An empty text means the nearest folder lua/ above the executable or, with
// go run, above the working directory.
func (c *Config) parseScripts(text string) string {
	folder := text
	if folder == "" {
		found, ok := findScripts()
		if !ok {
			return "there is no folder lua/ above the executable; must name the folder of the Lua scripts"
		}
		folder = found
	}
	scripts, err := store.LoadScripts(os.DirFS(folder))
	if err != nil {
		return fmt.Sprintf("must name the folder of the Lua scripts: %v", err)
	}
	c.Scripts = scripts
	return ""
}

func findScripts() (string, bool) {
	var starts []string
	if executable, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(executable); err == nil {
			executable = real
		}
		starts = append(starts, filepath.Dir(executable))
	}
	if working, err := os.Getwd(); err == nil {
		starts = append(starts, working)
	}
	for _, start := range starts {
		for folder := start; ; folder = filepath.Dir(folder) {
			scripts := filepath.Join(folder, "lua")
			if _, err := fs.Stat(os.DirFS(scripts), "prelude.lua"); err == nil {
				return scripts, true
			}
			if folder == filepath.Dir(folder) {
				break
			}
		}
	}
	return "", false
}
