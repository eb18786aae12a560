// Package process has what the service shares with the operating system: its environment, its socket and its log.
package process

import (
	"log/slog"
	"net/url"
	"slices"
	"strings"

	"theseus.local/inventory/internal/rpc"
	"theseus.local/inventory/internal/store"
	"theseus.local/inventory/internal/telemetry"
)

// Config holds the values of the environment variables.
type Config struct {
	Network, Address string // as net.Listen wants them
	RedisURL         string
	// RedisURLFile is the file that holds RedisURL; empty when a variable does.
	RedisURLFile string
	// StandbyFile is the path at which a file means standby; empty when there is no standby.
	StandbyFile string
	Scripts     store.Scripts
	// Identity is nil when its variables are not set.
	Identity  *rpc.Identity
	Telemetry telemetry.Options
	LogLevel  slog.Level
}

// ParseConfig checks all variables, and reports all faults at once.
func ParseConfig(getenv func(string) string) (Config, error) {
	var c Config
	r := reader{getenv: getenv}
	r.read("LISTEN", c.parseListen)
	c.RedisURLFile = r.readSecret("REDIS_URL", c.parseRedisURL)
	r.read("LAUNCH_STANDBY_FILE", c.parseStandbyFile)
	c.Identity = r.readIdentity()
	r.readHidden("OTEL_EXPORTER_OTLP_ENDPOINT", c.Telemetry.ParseEndpoint)
	r.read("OTEL_BSP_SCHEDULE_DELAY", c.Telemetry.ParseSpanDelay)
	r.read("OTEL_BLRP_SCHEDULE_DELAY", c.Telemetry.ParseRecordDelay)
	r.read("OTEL_METRIC_EXPORT_INTERVAL", c.Telemetry.ParseMetricInterval)
	r.read("LOG_LEVEL", c.parseLogLevel)
	r.read("SCRIPTS", c.parseScripts)
	if len(r.faults) > 0 {
		return Config{}, r.faults
	}
	return c, nil
}

// reader reads variables and collects their faults.
type reader struct {
	getenv func(string) string
	faults Faults
}

// read parses a variable. An absent variable is an empty text.
func (r *reader) read(variable string, parse func(text string) (problem string)) {
	given := r.getenv(variable)
	switch problem := parse(given); {
	case problem == "":
	case given == "":
		r.faults = append(r.faults, Fault{Variable: variable, Problem: "is not set; " + problem})
	default:
		r.faults = append(r.faults, Fault{Variable: variable, Given: &given, Problem: problem})
	}
}

// readHidden parses a variable whose value may hold a secret, and is never reported.
func (r *reader) readHidden(variable string, parse func(text string) (problem string)) {
	if problem := parse(r.getenv(variable)); problem != "" {
		r.faults = append(r.faults, Fault{Variable: variable, Problem: problem})
	}
}

// CurrentRedisURL reads the URL again where a file holds it.
func (c Config) CurrentRedisURL() (string, error) {
	if c.RedisURLFile == "" {
		return c.RedisURL, nil
	}
	if problem := parsePrivateFile(c.RedisURLFile, c.parseRedisURL); problem != "" {
		return "", Faults{{Variable: "REDIS_URL_FILE", Problem: problem}}
	}
	return c.RedisURL, nil
}

// parseRedisURL never repeats the URL, which may hold a password.
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
