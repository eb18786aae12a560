package main

import (
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"theseus.local/inventory/internal/store"
)

// longestSocketPath is what the kernel takes for the path of a unix socket, in bytes.
const longestSocketPath = 107

const (
	levelTrace  = slog.LevelDebug - 4
	levelFatal  = slog.LevelError + 4
	levelSilent = levelFatal + 4
)

// logLevels are the words of LOG_LEVEL.
var logLevels = []struct {
	word  string
	level slog.Level
}{
	{"trace", levelTrace},
	{"debug", slog.LevelDebug},
	{"info", slog.LevelInfo},
	{"warn", slog.LevelWarn},
	{"error", slog.LevelError},
	{"fatal", levelFatal},
	{"silent", levelSilent},
}

var hostPort = regexp.MustCompile(`^(?:\[([0-9A-Fa-f:.]+)\]|[A-Za-z0-9._-]+):([0-9]{1,5})$`)

// config is what the process is told by its environment.
type config struct {
	network, address string // as net.Listen wants them
	redisURL         string
	scripts          store.Scripts
	logLevel         slog.Level
}

// configFault is what is wrong with one variable, and what to do about it.
type configFault struct {
	Variable string
	// Given is nil when nothing was, and for secrets.
	Given   *string
	Problem string
}

// configFaults are all faults at once.
type configFaults []configFault

func (f configFaults) Error() string {
	problems := make([]string, len(f))
	for i, each := range f {
		problems[i] = each.Variable + ": " + each.Problem
	}
	return strings.Join(problems, "\n")
}

// parseConfig checks everything and reports all that is wrong.
func parseConfig(getenv func(string) string) (config, error) {
	var c config
	var faults configFaults
	check := func(variable string, secret bool, parse func(text string) (problem string)) {
		given := getenv(variable)
		problem := parse(given)
		switch {
		case problem == "":
		case given == "":
			faults = append(faults, configFault{Variable: variable, Problem: "is not set; " + problem})
		case secret:
			faults = append(faults, configFault{Variable: variable, Problem: problem})
		default:
			faults = append(faults, configFault{Variable: variable, Given: &given, Problem: problem})
		}
	}
	check("LISTEN", false, c.parseListen)
	check("REDIS_URL", true, c.parseRedisURL)
	check("LOG_LEVEL", false, c.parseLogLevel)
	check("SCRIPTS", false, c.parseScripts)
	if len(faults) > 0 {
		return config{}, faults
	}
	return c, nil
}

func (c *config) parseListen(text string) string {
	const wanted = "must be unix:/path (at most 107 bytes) or host:port, for example 127.0.0.1:0"
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		if !strings.HasPrefix(path, "/") || len(path) > longestSocketPath {
			return wanted
		}
		c.network, c.address = "unix", path
		return ""
	}
	match := hostPort.FindStringSubmatch(text)
	if match == nil {
		return wanted
	}
	if _, err := strconv.ParseUint(match[2], 10, 16); err != nil {
		return wanted
	}
	c.network, c.address = "tcp", text
	return ""
}

// parseRedisURL never echoes the URL, as it may carry a password.
func (c *config) parseRedisURL(text string) string {
	const wanted = "must be a URL that starts with redis:// or rediss:// or unix://"
	parsed, err := url.Parse(text)
	if err != nil || !slices.Contains([]string{"redis", "rediss", "unix"}, parsed.Scheme) || !strings.Contains(text, "://") {
		return wanted
	}
	client, err := store.Connect(text)
	if err != nil {
		return "must be a URL that names a Redis, for example redis://127.0.0.1:6379 or unix:///run/redis.sock"
	}
	_ = client.Close()
	c.redisURL = text
	return ""
}

func (c *config) parseLogLevel(text string) string {
	if text == "" {
		text = "info"
	}
	words := make([]string, len(logLevels))
	for i, each := range logLevels {
		if each.word == text {
			c.logLevel = each.level
			return ""
		}
		words[i] = each.word
	}
	return "must be one of " + strings.Join(words, ", ")
}

// parseScripts loads the scripts of a folder; an empty text stands for the folder lua/ that is nearest above the
// executable or, for go run, above the working directory.
func (c *config) parseScripts(text string) string {
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
	c.scripts = scripts
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
