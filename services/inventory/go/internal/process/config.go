// Package process is what the operating system sees of the service: its environment, its socket and its log.
package process

import (
	"log/slog"
	"net/url"
	"slices"
	"strings"

	"theseus.local/inventory/internal/store"
)

// Config is what the process is told by its environment.
type Config struct {
	Network, Address string // as net.Listen wants them
	RedisURL         string
	Scripts          store.Scripts
	LogLevel         slog.Level
}

// ParseConfig checks everything and reports all that is wrong.
func ParseConfig(getenv func(string) string) (Config, error) {
	var c Config
	var faults Faults
	check := func(variable string, secret bool, parse func(text string) (problem string)) {
		given := getenv(variable)
		problem := parse(given)
		switch {
		case problem == "":
		case given == "":
			faults = append(faults, Fault{Variable: variable, Problem: "is not set; " + problem})
		case secret:
			faults = append(faults, Fault{Variable: variable, Problem: problem})
		default:
			faults = append(faults, Fault{Variable: variable, Given: &given, Problem: problem})
		}
	}
	check("LISTEN", false, c.parseListen)
	check("REDIS_URL", true, c.parseRedisURL)
	check("LOG_LEVEL", false, c.parseLogLevel)
	check("SCRIPTS", false, c.parseScripts)
	if len(faults) > 0 {
		return Config{}, faults
	}
	return c, nil
}

// parseRedisURL never echoes the URL, as it may carry a password.
func (c *Config) parseRedisURL(text string) string {
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
	c.RedisURL = text
	return ""
}
