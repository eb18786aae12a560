#!/bin/sh
# Format, vet, staticcheck, tests. Tests on a store run when REDIS_URL names one; its data should be nobody's.
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
go test "$@" ./...
