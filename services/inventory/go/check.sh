#!/bin/sh
# Format, vet, staticcheck, tests under the race detector. Tests on a store run when REDIS_URL names one; its data should be
# nobody's. JUNIT names a file for the results of the tests. Arguments go to go test.
set -eu
cd "$(dirname "$0")"
sh build.sh

unformatted=$(gofmt -l ./*.go internal)
if [ -n "$unformatted" ]; then
  echo "not formatted (gofmt -w):" "$unformatted" >&2
  exit 1
fi
go mod verify >/dev/null
go vet ./...
go tool staticcheck ./...

# The race detector needs cgo and a C compiler. Where it cannot work the tests run without it, and one of them is skipped.
race=
compiler=$(go env CC)
if ! command -v "${compiler%% *}" >/dev/null; then
  NO_RACE_DETECTOR="it needs a C compiler, and there is no $compiler on PATH"
elif NO_RACE_DETECTOR=$(go build -race ./internal/token 2>&1); then
  race=-race
fi
[ -n "$race" ] || echo "without the race detector: $NO_RACE_DETECTOR" >&2
export NO_RACE_DETECTOR
go tool gotestsum --format pkgname-and-test-fails --hide-summary skipped ${JUNIT:+--junitfile "$JUNIT"} -- $race "$@" ./...
