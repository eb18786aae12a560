import type { MeshPolicy } from "@theseus/mesh/policy";
import { CallTotals, type InstanceTotals, type ServedMethod } from "../metrics/call-totals.js";
import { CpuTotals } from "../metrics/cpu-totals.js";
import { labelsOf } from "../metrics/instance-labels.js";
import { type MetricsPlace, metricsPort, serveMetrics } from "../metrics/serve-metrics.js";
import { servesMesh } from "../numbers/count-calls.js";
import type { Pair } from "../pair/pair.js";
import type { StartOptions } from "../system/options.js";
import type { SystemWorkload } from "../system/topology.js";
import { collectMetrics } from "./collect-metrics.js";
import type { Started } from "./parts.js";

/** `/metrics` of a system. */
export interface SystemMetrics extends AsyncDisposable {
  readonly port: number;
  /** Begins to count what an instance answers. */
  count(pair: Pair): InstanceTotals;
}

/** Serves it from now on, whatever there is of the system yet. */
export async function openMetrics(
  started: Started,
  policy: MeshPolicy,
  place: MetricsPlace,
): Promise<SystemMetrics> {
  const totals = new CallTotals();
  const cpu = new CpuTotals();
  const server = await serveMetrics(place, () => collectMetrics({ started, totals, cpu }));
  return {
    port: server.port,
    count(pair) {
      const entry = started.instances?.around.table.get(pair.instance.name);
      if (entry === undefined)
        throw new Error(`${pair.instance.name} is no instance of a system that has begun`);
      const kind = servesMesh(pair) ? "mesh" : "edge";
      return totals.begin(kind, labelsOf(pair, entry), methodsOf(pair.instance.workload, policy));
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Where it is: as before when the system is taken over, else as chosen. */
export function metricsPlace(
  { metricsPort: chosen, port: edge }: Pick<StartOptions, "metricsPort" | "port">,
  before: number | undefined,
): MetricsPlace {
  if (before !== undefined) return { port: before, isDemanded: false };
  if (chosen !== undefined) return { port: chosen, isDemanded: true };
  return { port: [0, metricsPort].includes(edge) ? 0 : metricsPort, isDemanded: false };
}

/** What one serves: its services' methods, or at the edge whatever has an HTTP route. */
export function methodsOf({ services }: SystemWorkload, { methods }: MeshPolicy): readonly ServedMethod[] {
  return methods
    .filter(({ service, http }) => (services.length > 0 ? services.includes(service) : http.length > 0))
    .map(({ path, clientStreaming, serverStreaming }) => ({
      path,
      isStream: clientStreaming || serverStreaming,
    }));
}
