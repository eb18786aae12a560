import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AsyncDisposableStack } from "@theseus/kit";
import { forwarderBootstrap } from "@theseus/mesh/envoy";
import { readPolicy, replaceJson, type System } from "@theseus/runtime/system";
import { developerForwards, developerPorts } from "../developers.js";
import { pairsOf } from "../pairs.js";
import { places } from "../places.js";
import {
  type Addresses,
  findAddresses,
  type Resolve,
  readAddresses,
  resolveByDns,
  writeAddresses,
} from "./addresses.js";
import { type ControlContext, type ControlFolders, inFolders } from "./control-context.js";
import { type Draining, endpointTable, publishEndpoints } from "./endpoints.js";
import { type MetricsPlace, serveMetrics } from "./metrics.js";
import { keepSecrets } from "./secrets.js";
import { sidecarOptions, writeSidecar } from "./sidecar-folder.js";
import { type ControlStatus, readDraining, writeStatus } from "./status.js";
import { writeStoreSecrets } from "./store-secrets.js";
import { type View, viewsOf } from "./taken.js";

export interface ControlOptions {
  readonly folders: ControlFolders;
  /** File of its status. */
  readonly status: string;
  /** Number of instances by workload, 1 where none is given. */
  readonly replicas: ReadonlyMap<string, number>;
  /** File of what is asked beyond the contract; absent: nothing is. */
  readonly policy?: string;
  /** How sidecars are found by their names. Default: by the name service. */
  readonly resolve?: Resolve;
  /** How often it looks for sidecars that came or went. Default half a second. */
  readonly lookMs?: number;
  /** Where the sidecars' metrics are handed out. Absent: nowhere. */
  readonly metrics?: MetricsPlace;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * The control plane of a system in containers: writes what every container needs into its volumes, keeps the certificates
 * renewed, and tells the sidecars where their peers are, until the signal. When it is gone the sidecars go on with what
 * they were told last.
 */
export async function runControl(system: System, options: ControlOptions): Promise<void> {
  const { folders, replicas, policy, report, signal } = options;
  await using opened = new AsyncDisposableStack();
  const context: ControlContext = {
    system,
    policy: readPolicy(system, policy),
    pairs: pairsOf(system.topology, replicas),
    report,
    ...inFolders(folders),
  };
  opened.use(await keepSecrets(context));
  await writeStoreSecrets(context);
  for (const pair of context.pairs) {
    const sidecar = sidecarOptions(system.topology, context.policy, pair);
    writeSidecar(context.volume(pair.mesh), sidecar);
  }
  const forwarder = forwarderBootstrap(places.adminSocket, developerForwards(context.pairs));
  replaceJson(join(context.volume(developerPorts.volume), basename(places.bootstrap)), forwarder);
  if (options.metrics !== undefined) opened.use(await serveMetrics(context, options.metrics));
  report(`${context.pairs.length} sidecars configured`);
  await keepEndpoints(context, options).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

async function keepEndpoints(
  context: ControlContext,
  { folders, status, resolve = resolveByDns, lookMs = 500, signal }: ControlOptions,
): Promise<void> {
  const names = context.pairs.map(({ sidecar }) => sidecar);
  // Of its last run: what it cannot look up now is not forgotten, and nobody is told that there are no peers.
  let addresses = readAddresses(folders.state);
  let told = "";
  for (; ; await sleep(lookMs, undefined, { signal })) {
    addresses = await findAddresses(names, addresses, resolve);
    const draining = readDraining(folders.state);
    const table = endpointTable(context, addresses, draining);
    const text = JSON.stringify([...table]);
    if (text !== told) {
      publishEndpoints(context, table);
      writeAddresses(folders.state, addresses);
    }
    told = text;
    const views = await viewsOf(context, table, ({ sidecar }) => addresses.has(sidecar));
    writeStatus(status, describe(context, { addresses, draining, views }));
  }
}

interface Known {
  readonly addresses: Addresses;
  readonly draining: Draining;
  readonly views: readonly View[];
}

function describe({ pairs }: ControlContext, { addresses, draining, views }: Known): ControlStatus {
  const isTaken = views.every(({ isCurrent }) => isCurrent);
  const instances = pairs.map(({ application, sidecar }) => {
    const address = addresses.get(sidecar);
    const serves =
      address !== undefined && isTaken && !views.some(({ unusable }) => unusable.includes(address));
    return {
      instance: application,
      ...(address === undefined ? {} : { address }),
      isDraining: draining.has(application),
      serves,
    };
  });
  return { instances, isTaken };
}
