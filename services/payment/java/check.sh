#!/bin/sh
# Format, warnings (each one an error), tests. JUNIT names a file for the results of the tests.
set -eu
cd "$(dirname "$0")"
rm -rf target/surefire-reports
mvn -q -B spotless:check test
if [ -n "${JUNIT:-}" ]; then
  {
    echo '<testsuites>'
    sed '/^<?xml/d' target/surefire-reports/TEST-*.xml
    echo '</testsuites>'
  } >"$JUNIT"
fi
