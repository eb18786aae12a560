// Inventory serves theseus.inventory.v1.InventoryService on Redis. docs/launch-protocol.md says how it is started and
// stopped.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
	"go.opentelemetry.io/otel"
	"google.golang.org/grpc/grpclog"

	"theseus.local/inventory/internal/process"
	"theseus.local/inventory/internal/telemetry"
)

const (
	version = "0.1.0"

	exitFailed = 1
	exitConfig = 78 // EX_CONFIG of sysexits.h
	// The launch protocol gives a process 10 s to stop.
	longestStop = 9800 * time.Millisecond
)

func main() {
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard))
	redis.SetLogger(silentLogger{})
	process.OutliveReader()
	os.Exit(run(os.Getenv, os.Stdout))
}

// run serves until a signal arrives, and returns the exit code.
func run(getenv func(string) string, out io.Writer) int {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	log := process.NewLog(out, slog.LevelInfo)

	config, err := process.ParseConfig(getenv)
	if err != nil {
		return failed(out, log, err)
	}
	failures := &telemetry.Failures{}
	otel.SetErrorHandler(failures)
	told, err := telemetry.Start(config.Telemetry, telemetry.Process{Name: process.Name, Version: version})
	if err != nil {
		return failed(out, log, err)
	}
	defer told.Close()
	out = told.Lines(out)
	log = process.NewLog(out, config.LogLevel)
	server, err := start(config, log, told)
	if err != nil {
		return failed(out, log, err)
	}
	if err := json.NewEncoder(out).Encode(listening{"listening", server.address, os.Getpid(), version}); err != nil {
		return failed(out, log, err)
	}
	failures.LogTo(log)
	server.serve()

	select {
	case err := <-server.failed:
		return failed(out, log, err)
	case received := <-signals:
		log.Info("finishing running calls", "event", "stopping", "signal", received.String())
	}
	time.AfterFunc(longestStop, func() { os.Exit(failed(out, log, errors.New("running calls did not end in time"))) })
	server.stop()
	log.Info("stopped", "event", "stopped")
	return 0
}

// listening is the first line that the process writes.
type listening struct {
	Event   string `json:"event"`
	Address string `json:"address"`
	PID     int    `json:"pid"`
	Version string `json:"version"`
}

// failed logs why the process cannot go on, and returns the exit code.
func failed(out io.Writer, log *slog.Logger, err error) int {
	var faults process.Faults
	if errors.As(err, &faults) {
		process.ReportFaults(out, faults)
		return exitConfig
	}
	log.Log(context.Background(), process.LevelFatal, "the process cannot go on", "event", "failed", "err", err)
	return exitFailed
}

// silentLogger drops the lines of go-redis. A lost connection is logged by the health check and by the calls that fail.
type silentLogger struct{}

func (silentLogger) Printf(context.Context, string, ...any) {}
