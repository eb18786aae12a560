import type { InstanceEntry } from "../instances/instance.js";
import { InstanceTable } from "../instances/instance-table.js";
import { Instances } from "../instances/instances.js";
import { createDirectory } from "../pair/directory.js";
import { waitUntilHealthy } from "../pair/wait-until-healthy.js";
import { settled } from "../process/settled.js";
import type { Supervised } from "../process/supervised.js";
import { keepRetiredKeysShort } from "../rotation/keep-retired-keys.js";
import { openTokenKeys, type TokenKeys } from "../rotation/token-keys.js";
import { type OwnStores, startStores } from "../stores/own-stores.js";
import type { SystemContext } from "../system/context.js";
import type { FixedPorts } from "../system/fixed-ports.js";
import type { InstancePlan, SystemPlan } from "../system/plan.js";
import { openSecrets, type Secrets } from "../system/secrets.js";
import { servicesOf } from "../system/topology.js";
import { type OutsideParty, startOutsideParty } from "./outside-party.js";
import type { Progress } from "./progress.js";

/** Everything that was started so far, so that it can be stopped in the reverse order at any moment. */
export interface Started {
  stores?: OwnStores;
  secrets?: Secrets;
  tokenKeys?: TokenKeys;
  retiredKeys?: AsyncDisposable;
  instances?: Instances;
  /** Stages of what is no instance, stores and outside parties, each ended together. */
  readonly stages: Supervised[][];
}

interface StartParts {
  readonly plan: SystemPlan;
  readonly ports: FixedPorts;
  /** Tells what there is, also when the start fails halfway. */
  readonly started: Started;
  readonly progress: Progress;
  /** Instances that are taken over from an earlier supervisor. */
  readonly entries: readonly InstanceEntry[];
}

/** Starts the parts of a system one stage after the other; answers its secrets. */
export async function startParts(context: SystemContext, parts: StartParts): Promise<Secrets> {
  const { plan, ports, started, progress, entries } = parts;
  const stores = await progress.step(
    "stores",
    () => startStores(context, beginStage(started)),
    ({ engines }) => [...engines].map(([name, engine]) => `${name} (${engine})`).join(", ") || "given by URL",
  );
  started.stores = stores;
  const secrets = await progress.step("identities and keys", () => openSecrets(context));
  started.secrets = secrets;
  const outside = await startOutsideParties(context, parts, secrets);
  const directory = createDirectory(servicesOf(context.topology));
  const { identity } = context.topology;
  const tokenKeys = await openTokenKeys(secrets.signingKeys, { identity, signal: context.signal });
  started.tokenKeys = tokenKeys;
  const table = new InstanceTable(context.state, directory, entries);
  const instances = new Instances(context, { stores, secrets, outside, directory, tokenKeys, table, ports });
  started.instances = instances;
  await startPairs(instances, progress, "services and their sidecars", plan.services);
  await startPairs(instances, progress, "edge and its sidecar", plan.edge);
  await progress.step("healthy through the mesh", () => waitUntilHealthy(context, instances.pairs));
  started.retiredKeys = keepRetiredKeysShort({
    keys: secrets.signingKeys,
    readers: tokenKeys,
    report: context.report,
  });
  return secrets;
}

/** Ends everything in the reverse order of its start. */
export async function endParts(
  { instances, stages, secrets, retiredKeys }: Started,
  how: "stop" | "kill",
): Promise<void> {
  await retiredKeys?.[Symbol.asyncDispose]();
  const { edges, services } = instances?.workloads ?? { edges: [], services: [] };
  for (const workloads of [edges, services]) await instances?.endAll(workloads, how);
  for (const stage of [...stages].reverse()) await Promise.all(stage.map((process) => process[how]()));
  await secrets?.[Symbol.asyncDispose]();
}

/** Begins a new stage; the answer adds a process to it. */
function beginStage({ stages }: Started): (process: Supervised) => void {
  const stage: Supervised[] = [];
  stages.push(stage);
  return (process) => {
    stage.push(process);
  };
}

async function startOutsideParties(
  context: SystemContext,
  { plan, started, progress }: StartParts,
  secrets: Secrets,
): Promise<ReadonlyMap<string, OutsideParty>> {
  const parties = new Map<string, OutsideParty>();
  for (const party of plan.externals) {
    const { name, title } = party.external;
    const onStarted = beginStage(started);
    const own = secrets.externals.get(name);
    if (own === undefined) throw new Error(`${name} has no certificates`);
    const running = await progress.step(title, () => startOutsideParty(context, party, own));
    onStarted(running.process);
    parties.set(name, running);
  }
  return parties;
}

async function startPairs(
  instances: Instances,
  progress: Progress,
  title: string,
  plans: readonly InstancePlan[],
): Promise<void> {
  await progress.step(
    title,
    () => settled(plans.map((plan) => instances.start(plan, "active"))),
    () => plans.map(({ name, implementation }) => `${name} (${implementation.language})`).join(", "),
  );
}
