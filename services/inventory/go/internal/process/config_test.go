package process

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestParseConfigNamesAllFaultsAtOnce(t *testing.T) {
	env := map[string]string{
		"REDIS_URL": "http://user:secret@x", "LOG_LEVEL": "loud", "SCRIPTS": "/nowhere", "ADMIN_ROLE": "keeper",
		"OTEL_EXPORTER_OTLP_ENDPOINT": "ftp://user:secret@x", "OTEL_BSP_SCHEDULE_DELAY": "soon",
		"OTEL_BLRP_SCHEDULE_DELAY": "3600001", "OTEL_METRIC_EXPORT_INTERVAL": "0",
	}
	_, err := ParseConfig(func(name string) string { return env[name] })
	var faults Faults
	if !errors.As(err, &faults) {
		t.Fatalf("%v, want faults", err)
	}
	got := map[string]bool{}
	for _, fault := range faults {
		got[fault.Variable] = true
		if fault.Given != nil && strings.Contains(*fault.Given, "secret") {
			t.Error("the URL, which may carry a password, is reported")
		}
	}
	want := map[string]bool{
		"LISTEN": true, "REDIS_URL": true, "LOG_LEVEL": true, "SCRIPTS": true, "TRUST_DOMAIN": true, "TOKEN_SUBJECT_PREFIX": true,
		"OTEL_EXPORTER_OTLP_ENDPOINT": true, "OTEL_BSP_SCHEDULE_DELAY": true, "OTEL_BLRP_SCHEDULE_DELAY": true,
		"OTEL_METRIC_EXPORT_INTERVAL": true,
	}
	if !maps.Equal(got, want) {
		t.Errorf("faults of %v, want %v", got, want)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Error("a password is reported")
	}
}

func TestAnIdentityIsWholeOrAbsent(t *testing.T) {
	const domain, prefix, role = "TRUST_DOMAIN", "TOKEN_SUBJECT_PREFIX", "ADMIN_ROLE"
	for _, test := range []struct {
		env    map[string]string
		known  bool
		faults []string
	}{
		{env: map[string]string{}},
		{env: map[string]string{domain: "mesh.test", prefix: "people/", role: "keeper"}, known: true},
		{env: map[string]string{domain: strings.Repeat("a", 255), prefix: "p", role: "r"}, known: true},
		{env: map[string]string{domain: strings.Repeat("a", 256), prefix: "p", role: "r"}, faults: []string{domain}},
		{env: map[string]string{domain: "Mesh.test", prefix: "p", role: "r"}, faults: []string{domain}},
		{env: map[string]string{domain: "mesh.test\n", prefix: "p", role: "r"}, faults: []string{domain}},
		{env: map[string]string{domain: "mesh.test"}, faults: []string{prefix, role}},
		{env: map[string]string{role: "keeper"}, faults: []string{domain, prefix}},
		{env: map[string]string{domain: "mesh/test", role: "keeper"}, faults: []string{domain, prefix}},
	} {
		r := reader{getenv: func(name string) string { return test.env[name] }}
		if known := r.readIdentity() != nil; known != test.known {
			t.Errorf("%v: an identity is known: %t, want %t", test.env, known, test.known)
		}
		var faults []string
		for _, fault := range r.faults {
			faults = append(faults, fault.Variable)
		}
		if !slices.Equal(faults, test.faults) {
			t.Errorf("%v: faults of %v, want %v", test.env, faults, test.faults)
		}
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
