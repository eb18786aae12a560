package main

import (
	"cmp"
	"os"
	"runtime/debug"
	"slices"
	"testing"
)

// A run without the race detector is a test that did not run, and is counted as such.
func TestTheRaceDetectorWatches(t *testing.T) {
	build, ok := debug.ReadBuildInfo()
	if !ok || !slices.Contains(build.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("without the race detector: " + cmp.Or(os.Getenv("NO_RACE_DETECTOR"), "go test ran without -race"))
	}
}
