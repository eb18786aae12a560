import { noTelemetry, type Telemetry, type Telling } from "./telemetry.js";
import type { TelemetryOptions } from "./telemetry-variables.js";

/** Loads what telemetry needs only when it is asked for: that takes as long as the rest of a start. */
export async function startTelemetry(
  options: TelemetryOptions | undefined,
  process: Telling,
): Promise<Telemetry> {
  if (options === undefined) return noTelemetry;
  const { openTelemetry } = await import("./open-telemetry.js");
  return openTelemetry(options, process);
}
