import { peersOf } from "@theseus/mesh/policy";
import type { Instances } from "../instances/instances.js";
import { type KnownHost, knownHosts } from "../pair/envoy-admin.js";
import { checkHealth } from "../pair/grpc-health.js";
import type { Pair } from "../pair/pair.js";

/** Looks after instances of one side beside their numbers. */
export interface TroubleWatch {
  /** What is wrong now, in words; undefined: nothing. */
  look(): Promise<string | undefined>;
}

/** As long as a process on a busy machine may be silent. */
const silenceMs = 6_000;
const healthTimeoutMs = 2_000;

/**
 * Tells that a process of an instance ended, that it does not answer or says that it does not serve, and that a sidecar has
 * taken it out. What is wrong with the `others` too is no trouble of these.
 */
export function watchTrouble(
  instances: Instances,
  pairs: readonly Pair[],
  others: readonly Pair[],
): TroubleWatch {
  const starts = new Map(pairs.flatMap(processesOf).map((process) => [process, process.status().restarts]));
  const silentSince = new Map<Pair, number>();
  return {
    async look() {
      const ended = pairs.flatMap(processesOf).find((process) => {
        const { state, restarts } = process.status();
        return state !== "running" || restarts !== starts.get(process);
      });
      if (ended !== undefined) {
        const { restarts, lastExit = "no reason known" } = ended.status();
        starts.set(ended, restarts);
        return `${ended.name} ended (${lastExit})`;
      }
      for (const pair of pairs) {
        const unwell = await unwellness(pair, others, silentSince);
        if (unwell !== undefined) return unwell;
      }
      return takenOut(instances, pairs, others);
    },
  };
}

function processesOf({ application, sidecar }: Pair) {
  return [application, sidecar];
}

async function unwellness(
  pair: Pair,
  others: readonly Pair[],
  silentSince: Map<Pair, number>,
): Promise<string | undefined> {
  const { name } = pair.instance;
  const health = await checkHealth(pair.paths.app, healthTimeoutMs);
  if (health === "UNREACHABLE") {
    const since = silentSince.get(pair) ?? Date.now() - healthTimeoutMs;
    silentSince.set(pair, since);
    const silent = Date.now() - since;
    return silent >= silenceMs
      ? `${name} has not answered its health check for ${(silent / 1_000).toFixed(0)} s`
      : undefined;
  }
  silentSince.delete(pair);
  if (health === "SERVING") return undefined;
  const theirs = await Promise.all(others.map(({ paths }) => checkHealth(paths.app, healthTimeoutMs)));
  return theirs.includes("SERVING") ? `${name} says of itself that it is ${health}` : undefined;
}

/** By the sidecars of those who call it, where they have somebody else to call. */
async function takenOut(
  { context: { policy, topology }, pairs: all }: Instances,
  pairs: readonly Pair[],
  others: readonly Pair[],
): Promise<string | undefined> {
  const [workload = ""] = pairs.map(({ instance }) => instance.workload.name);
  const callers = all.filter(({ instance }) =>
    peersOf(policy, topology, instance.workload.name).includes(workload),
  );
  for (const { place } of callers) {
    const hosts = (await knownHosts(place.admin).catch(() => undefined))?.get(workload) ?? [];
    const hostOf = (pair: Pair) => hosts.find(({ port }) => port === pair.ports().get("mesh"));
    if (!others.some((pair) => hostOf(pair)?.answers === true)) continue;
    for (const pair of pairs) {
      const out = whyOut(hostOf(pair));
      if (out !== undefined) return `${place.name} has taken ${pair.instance.name} out: ${out}`;
    }
  }
  return undefined;
}

function whyOut(host: KnownHost | undefined): string | undefined {
  if (host?.isEjected) return "calls to it failed one after the other";
  return host?.failsChecks ? "it fails its health checks" : undefined;
}
