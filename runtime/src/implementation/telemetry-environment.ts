import type { Implementation } from "./implementation.js";

const ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
const ATTRIBUTES = "OTEL_RESOURCE_ATTRIBUTES";
const PASSED = [
  ENDPOINT,
  "OTEL_BSP_SCHEDULE_DELAY",
  "OTEL_BLRP_SCHEDULE_DELAY",
  "OTEL_METRIC_EXPORT_INTERVAL",
];

/**
 * Whom an application tells of its calls, of the caller's environment, and as what: its implementation and instance are
 * said besides what OTEL_RESOURCE_ATTRIBUTES says. Nothing without OTEL_EXPORTER_OTLP_ENDPOINT.
 */
export function telemetryEnvironment(
  env: NodeJS.ProcessEnv,
  { language }: Pick<Implementation, "language">,
  instance: string,
): Readonly<Record<string, string>> {
  if ((env[ENDPOINT] ?? "") === "") return {};
  const passed = PASSED.flatMap((name) => {
    const value = env[name];
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  const own = `theseus.implementation=${encodeURIComponent(language)},service.instance.id=${encodeURIComponent(instance)}`;
  // The last of two of one name counts.
  const attributes = [env[ATTRIBUTES], own].filter(Boolean).join(",");
  return { ...Object.fromEntries(passed), [ATTRIBUTES]: attributes };
}
