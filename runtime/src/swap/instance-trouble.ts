import { peersOf } from "@theseus/mesh/policy";
import type { Instances } from "../instances/instances.js";
import { knownHosts } from "../pair/envoy-admin.js";
import { checkHealth } from "../pair/grpc-health.js";
import type { Pair } from "../pair/pair.js";

/** Looks after instances of one side beside their numbers. */
export interface TroubleWatch {
  /** What is wrong now, in words; undefined: nothing. */
  look(): Promise<string | undefined>;
}

/** As long as a process on a busy machine may be silent. */
const silenceMs = 6_000;
/** As long as one may be unwell alone: both ask their store, and not in the same moment. */
const unwellMs = 3_000;
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
  const lasting = new Lasting();
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
        const unwell = await unwellness(pair, others, lasting);
        if (unwell !== undefined) return unwell;
      }
      return takenOut(instances, { pairs, others }, lasting);
    },
  };
}

function processesOf({ application, sidecar }: Pair) {
  return [application, sidecar];
}

/** What has been so since when. */
class Lasting {
  readonly #since = new Map<string, number>();

  /** For how long it has been so, in ms; 0 when it is not. */
  for(what: string, isSo: boolean, sinceMs = Date.now()): number {
    if (!isSo) this.#since.delete(what);
    else if (!this.#since.has(what)) this.#since.set(what, sinceMs);
    return isSo ? Date.now() - (this.#since.get(what) ?? 0) : 0;
  }
}

async function unwellness(
  { instance: { name }, paths }: Pair,
  others: readonly Pair[],
  lasting: Lasting,
): Promise<string | undefined> {
  const asked = Date.now();
  const health = await checkHealth(paths.app, healthTimeoutMs);
  const silent = lasting.for(`${name} is silent`, health === "UNREACHABLE", asked);
  if (silent >= silenceMs)
    return `${name} has not answered its health check for ${(silent / 1_000).toFixed(0)} s`;
  const refuses = health !== "UNREACHABLE" && health !== "SERVING";
  const theirs = refuses
    ? await Promise.all(others.map((pair) => checkHealth(pair.paths.app, healthTimeoutMs)))
    : [];
  const isAlone = theirs.includes("SERVING");
  if (lasting.for(`${name} refuses`, isAlone) < unwellMs) return undefined;
  return `${name} has said of itself for ${unwellMs / 1_000} s that it is ${health}`;
}

/** By the sidecars of those who call it, where they have somebody else to call. */
async function takenOut(
  { context: { policy, topology }, pairs: all }: Instances,
  { pairs, others }: { readonly pairs: readonly Pair[]; readonly others: readonly Pair[] },
  lasting: Lasting,
): Promise<string | undefined> {
  const [workload = ""] = pairs.map(({ instance }) => instance.workload.name);
  const callers = all.filter(({ instance }) =>
    peersOf(policy, topology, instance.workload.name).includes(workload),
  );
  for (const { place } of callers) {
    const hosts = (await knownHosts(place.admin).catch(() => undefined))?.get(workload) ?? [];
    const hostOf = (pair: Pair) => hosts.find(({ port }) => port === pair.ports().get("mesh"));
    const isAlone = others.some((pair) => hostOf(pair)?.answers === true);
    for (const pair of pairs) {
      const { name } = pair.instance;
      const host = hostOf(pair);
      const fails = lasting.for(`${name} at ${place.name}`, isAlone && host?.failsChecks === true);
      if (isAlone && host?.isEjected)
        return `${place.name} has taken ${name} out: calls to it failed one after the other`;
      if (fails >= unwellMs) return `${place.name} has taken ${name} out: it fails its health checks`;
    }
  }
  return undefined;
}
