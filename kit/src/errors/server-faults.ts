/**
 * gRPC codes that are a server's own fault, by their names (OpenTelemetry semantic conventions for gRPC); to a client every
 * refusal is one.
 */
export const SERVER_FAULTS: ReadonlySet<string> = new Set([
  "UNKNOWN",
  "DEADLINE_EXCEEDED",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
]);
