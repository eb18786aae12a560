// Package telemetry tells a receiver of OTLP what docs/telemetry.md says of the calls and the log of a process.
package telemetry

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/rpcconv"
	"go.opentelemetry.io/otel/trace"
)

const (
	scope = "theseus"
	// mostWaiting is how many spans, and how many records, wait at most.
	mostWaiting = 2048
	// lastExport is what a stop gives to the last spans, metrics and records.
	lastExport = time.Second
)

// buckets are upper bounds in seconds, as the semantic conventions advise.
var buckets = []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}

// Telemetry tells of calls and of lines of the log. A nil Telemetry tells nobody, and costs nothing.
type Telemetry struct {
	spans    *sdktrace.TracerProvider
	metrics  *sdkmetric.MeterProvider
	records  *sdklog.LoggerProvider
	tracer   trace.Tracer
	duration rpcconv.ServerCallDuration
	logger   log.Logger
}

// Process is who tells.
type Process struct{ Name, Version string }

// Start returns nil when the options name no receiver. It connects to none.
func Start(options Options, process Process) (*Telemetry, error) {
	if options.Endpoint == "" {
		return nil, nil
	}
	ctx, resource := context.Background(), resourceOf(process)
	t := &Telemetry{}
	var err error
	if t.spans, err = startSpans(ctx, options, resource); err != nil {
		return nil, fmt.Errorf("spans: %w", err)
	}
	if t.metrics, err = startMetrics(ctx, options, resource); err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	if t.records, err = startRecords(ctx, options, resource); err != nil {
		return nil, fmt.Errorf("log records: %w", err)
	}
	t.tracer, t.logger = t.spans.Tracer(scope), t.records.Logger(scope)
	t.duration, err = rpcconv.NewServerCallDuration(t.metrics.Meter(scope), metric.WithExplicitBucketBoundaries(buckets...))
	return t, err
}

// Close tells what was not told yet. It takes a second at most; what is left then is lost.
func (t *Telemetry) Close() {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastExport)
	defer cancel()
	var last sync.WaitGroup
	for _, shutdown := range []func(context.Context) error{t.spans.Shutdown, t.metrics.Shutdown, t.records.Shutdown} {
		last.Go(func() { _ = shutdown(ctx) })
	}
	told := make(chan struct{})
	go func() {
		defer close(told)
		last.Wait()
	}()
	// An export under way may not heed the context.
	select {
	case <-told:
	case <-ctx.Done():
	}
}

func startSpans(ctx context.Context, options Options, resource *resource.Resource) (*sdktrace.TracerProvider, error) {
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(urlOf(options, "traces")))
	if err != nil {
		return nil, err
	}
	return sdktrace.NewTracerProvider(
		sdktrace.WithResource(resource),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.AlwaysSample())),
		sdktrace.WithBatcher(exporter, sdktrace.WithBatchTimeout(options.SpanDelay), sdktrace.WithMaxQueueSize(mostWaiting)),
	), nil
}

func startMetrics(ctx context.Context, options Options, resource *resource.Resource) (*sdkmetric.MeterProvider, error) {
	exporter, err := otlpmetrichttp.New(ctx,
		otlpmetrichttp.WithEndpointURL(urlOf(options, "metrics")),
		otlpmetrichttp.WithTemporalitySelector(sdkmetric.DefaultTemporalitySelector),
		otlpmetrichttp.WithAggregationSelector(sdkmetric.DefaultAggregationSelector))
	if err != nil {
		return nil, err
	}
	reader := sdkmetric.NewPeriodicReader(exporter, sdkmetric.WithInterval(options.MetricInterval))
	return sdkmetric.NewMeterProvider(sdkmetric.WithResource(resource), sdkmetric.WithReader(reader)), nil
}

func startRecords(ctx context.Context, options Options, resource *resource.Resource) (*sdklog.LoggerProvider, error) {
	exporter, err := otlploghttp.New(ctx, otlploghttp.WithEndpointURL(urlOf(options, "logs")))
	if err != nil {
		return nil, err
	}
	processor := sdklog.NewBatchProcessor(exporter,
		sdklog.WithExportInterval(options.RecordDelay), sdklog.WithMaxQueueSize(mostWaiting))
	return sdklog.NewLoggerProvider(sdklog.WithResource(resource), sdklog.WithProcessor(processor)), nil
}

// resourceOf is what the process knows of itself. The SDK puts it over what OTEL_RESOURCE_ATTRIBUTES says.
func resourceOf(process Process) *resource.Resource {
	return resource.NewSchemaless(semconv.ServiceName(process.Name), semconv.ServiceVersion(process.Version))
}

// urlOf is where a signal goes, below the base URL.
func urlOf(options Options, signal string) string {
	base, _ := url.Parse(options.Endpoint)
	return base.JoinPath("v1", signal).String()
}
