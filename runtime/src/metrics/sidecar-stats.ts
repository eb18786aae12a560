import { localRequest } from "../pair/local-http.js";
import { type InstanceLabels, instanceLabels } from "./metric-definitions.js";
import { sidecarMetrics } from "./sidecar-metrics.js";

/** What one sidecar has answered, in Prometheus's text format. */
export interface SidecarText {
  readonly labels: InstanceLabels;
  readonly text: string;
}

const filter = `^(?:${sidecarMetrics.map(({ stat }) => stat).join("|")})$`;

/** The listener for the admin interface, and health checks, are no part of what a sidecar does for its application. */
const unasked = /envoy_http_conn_manager_prefix="admin"|envoy_grpc_bridge_service="grpc_health_v1_Health"/;

/** Asks a sidecar for what is handed on; rejects when it has not answered in full by then. */
export async function askSidecarStats(admin: string, limitMs: number): Promise<string> {
  const { status, body } = await localRequest({
    at: { socketPath: admin },
    path: `/stats/prometheus?filter=${encodeURIComponent(filter)}`,
    timeoutMs: limitMs,
    signal: AbortSignal.timeout(limitMs),
  });
  if (status !== 200)
    throw new Error(`the sidecar's admin interface answered ${status} to /stats/prometheus`);
  return body;
}

/**
 * The families of all sidecars, each once; series are as Envoy wrote them, with the labels of their instance before their
 * own. In text format 0.0.4: the names of Envoy's counters do not end with `_total`, as OpenMetrics wants it.
 */
export function mergeSidecarStats(sidecars: readonly SidecarText[]): string {
  const families = new Map<string, string[]>(sidecarMetrics.map(({ name }) => [name, []]));
  for (const sidecar of sidecars) addSeries(families, sidecar);
  return sidecarMetrics
    .flatMap(({ name, type, help }) => {
      const series = families.get(name) ?? [];
      return series.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...series];
    })
    .map((line) => `${line}\n`)
    .join("");
}

/** Series stand below the line that names their family. */
function addSeries(families: ReadonlyMap<string, string[]>, { labels, text }: SidecarText): void {
  const common = instanceLabels.map((name) => `${name}="${escapeLabel(labels[name])}"`).join(",");
  let family: string[] | undefined;
  for (const line of text.split("\n")) {
    const named = /^# TYPE (\S+) /.exec(line)?.[1];
    if (named !== undefined) family = families.get(named);
    else if (!unasked.test(line)) {
      const [, name, own = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name !== undefined) family?.push(`${name}{${common}${own === "" ? "" : `,${own}`}} ${value}`);
    }
  }
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
