#!/bin/sh
# Format, warnings (each one an error), tests.
set -eu
cd "$(dirname "$0")"
exec mvn -q -B spotless:check test
