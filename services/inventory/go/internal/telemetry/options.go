package telemetry

import (
	"fmt"
	"net/url"
	"strconv"
	"time"
)

const (
	longestDelay    = time.Hour
	leastDelay      = time.Millisecond
	leastMetricsGap = 100 * time.Millisecond
)

// Options say who is told, and how often.
type Options struct {
	// Endpoint is the base URL of a receiver of OTLP over HTTP; empty when nobody is told.
	Endpoint string
	// SpanDelay is how long a span waits for others to go with it, RecordDelay the same of a log record.
	SpanDelay, RecordDelay time.Duration
	// MetricInterval is from one export of the metrics to the next.
	MetricInterval time.Duration
}

// ParseEndpoint parses OTEL_EXPORTER_OTLP_ENDPOINT. It never repeats the URL, which may hold a password.
func (o *Options) ParseEndpoint(text string) (problem string) {
	if text == "" {
		return ""
	}
	parsed, err := url.Parse(text)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Hostname() == "" {
		return "must be a URL that starts with http:// or https://, for example http://127.0.0.1:4318"
	}
	o.Endpoint = text
	return ""
}

// ParseSpanDelay parses OTEL_BSP_SCHEDULE_DELAY.
func (o *Options) ParseSpanDelay(text string) (problem string) {
	return parseDelay(&o.SpanDelay, text, leastDelay, 5*time.Second)
}

// ParseRecordDelay parses OTEL_BLRP_SCHEDULE_DELAY.
func (o *Options) ParseRecordDelay(text string) (problem string) {
	return parseDelay(&o.RecordDelay, text, leastDelay, time.Second)
}

// ParseMetricInterval parses OTEL_METRIC_EXPORT_INTERVAL.
func (o *Options) ParseMetricInterval(text string) (problem string) {
	return parseDelay(&o.MetricInterval, text, leastMetricsGap, time.Minute)
}

func parseDelay(to *time.Duration, text string, least, usual time.Duration) (problem string) {
	if text == "" {
		*to = usual
		return ""
	}
	ms, err := strconv.ParseUint(text, 10, 31)
	delay := time.Duration(ms) * time.Millisecond
	if err != nil || delay < least || delay > longestDelay {
		return fmt.Sprintf("must be a whole number of milliseconds, %d to %d", least.Milliseconds(), longestDelay.Milliseconds())
	}
	*to = delay
	return ""
}
