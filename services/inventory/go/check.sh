#!/bin/sh
# Format, vet, staticcheck, tests. Tests on a store run when REDIS_URL names one; its data should be nobody's. JUNIT names a
# file for the results of the tests. Arguments go to go test.
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
go tool gotestsum --format pkgname-and-test-fails --hide-summary skipped ${JUNIT:+--junitfile "$JUNIT"} -- "$@" ./...
