#!/bin/sh
# Format, warnings (each one an error, Error Prone's too), tests. JUNIT names a file for the results of the tests.
set -eu
cd "$(dirname "$0")"
# What is compiled already was not looked at by Error Prone.
rm -rf target/classes target/test-classes target/surefire-reports
# Quiet, but for the warnings that are errors.
mvn -B -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -P error-prone spotless:check test
if [ -n "${JUNIT:-}" ]; then
  {
    echo '<testsuites>'
    sed '/^<?xml/d' target/surefire-reports/TEST-*.xml
    echo '</testsuites>'
  } >"$JUNIT"
fi
