"""What is told of calls and of lines of the log, by OpenTelemetry. docs/telemetry.md says what that is."""
