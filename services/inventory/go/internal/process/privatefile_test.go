package process

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheURLOfTheStoreCanBeInAPrivateFile(t *testing.T) {
	const url = "redis://ann:hunter2@127.0.0.1:6379"
	file := func(content string, mode os.FileMode) string {
		path := filepath.Join(t.TempDir(), "url")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, test := range map[string]struct {
		url, path, variable, problem string
	}{
		"the variable":       {url: url},
		"a file":             {path: file(url, 0o600)},
		"with a line feed":   {path: file(url+"\n", 0o400)},
		"both":               {url: url, path: file(url, 0o600), variable: "REDIS_URL_FILE", problem: "is set, and so is REDIS_URL;"},
		"neither":            {variable: "REDIS_URL", problem: "or REDIS_URL_FILE must name a private file"},
		"a file not there":   {path: filepath.Join(t.TempDir(), "no"), variable: "REDIS_URL_FILE", problem: "there is no such file"},
		"a folder":           {path: t.TempDir(), variable: "REDIS_URL_FILE", problem: "must be the path of a file"},
		"a path that is odd": {path: "a\x00b", variable: "REDIS_URL_FILE", problem: "the file cannot be read: invalid argument"},
		"open to others":     {path: file(url, 0o640), variable: "REDIS_URL_FILE", problem: "run: chmod 600"},
		"an empty file":      {path: file("\n", 0o600), variable: "REDIS_URL_FILE", problem: "the file is empty"},
		"nonsense":           {path: file("http://ann:hunter2@x", 0o600), variable: "REDIS_URL_FILE", problem: "what the file holds must be a URL"},
	} {
		t.Run(name, func(t *testing.T) {
			env := map[string]string{"REDIS_URL": test.url, "REDIS_URL_FILE": test.path}
			var c Config
			r := reader{getenv: func(name string) string { return env[name] }}
			r.readSecret("REDIS_URL", c.parseRedisURL)
			if test.variable == "" {
				if len(r.faults) > 0 || c.RedisURL != url {
					t.Errorf("%q, %v", c.RedisURL, r.faults)
				}
				return
			}
			if len(r.faults) != 1 || r.faults[0].Variable != test.variable || !strings.Contains(r.faults[0].Problem, test.problem) {
				t.Errorf("%v, want %s: %s", r.faults, test.variable, test.problem)
			}
			if strings.Contains(r.faults.Error(), "hunter2") {
				t.Error("a password is reported")
			}
		})
	}
}
