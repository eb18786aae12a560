package process

import (
	"errors"
	"maps"
	"strings"
	"testing"
)

func TestParseConfigNamesAllFaultsAtOnce(t *testing.T) {
	env := map[string]string{"REDIS_URL": "http://user:secret@x", "LOG_LEVEL": "loud", "SCRIPTS": "/nowhere"}
	_, err := ParseConfig(func(name string) string { return env[name] })
	var faults Faults
	if !errors.As(err, &faults) {
		t.Fatalf("%v, want faults", err)
	}
	got := map[string]bool{}
	for _, fault := range faults {
		got[fault.Variable] = true
		if fault.Given != nil && fault.Variable == "REDIS_URL" {
			t.Error("the URL, which may carry a password, is told")
		}
	}
	want := map[string]bool{"LISTEN": true, "REDIS_URL": true, "LOG_LEVEL": true, "SCRIPTS": true}
	if !maps.Equal(got, want) {
		t.Errorf("faults of %v, want %v", got, want)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Error("a password is told")
	}
}

func TestParseListen(t *testing.T) {
	for text, ok := range map[string]bool{
		"127.0.0.1:0":                      true,
		"[::1]:4711":                       true,
		"localhost:65535":                  true,
		"unix:/run/a.sock":                 true,
		"unix:" + strings.Repeat("/a", 54): false,
		"unix:relative":                    false,
		"127.0.0.1":                        false,
		"127.0.0.1:65536":                  false,
		"":                                 false,
	} {
		var c Config
		if problem := c.parseListen(text); (problem == "") != ok {
			t.Errorf("LISTEN=%q: %q", text, problem)
		}
	}
}
