import { createDirectory } from "../pair/directory.js";
import { type Pair, type PairOptions, startPair } from "../pair/pair.js";
import { waitUntilHealthy } from "../pair/wait-until-healthy.js";
import { settled } from "../process/settled.js";
import type { Supervised } from "../process/supervised.js";
import { type OwnStores, startStores } from "../stores/own-stores.js";
import type { SystemContext } from "../system/context.js";
import { type FixedPorts, sidecarPorts } from "../system/fixed-ports.js";
import type { InstancePlan, SystemPlan } from "../system/plan.js";
import { openSecrets, type Secrets } from "../system/secrets.js";
import { servicesOf } from "../system/topology.js";
import { type OutsideParty, startOutsideParty } from "./outside-party.js";
import type { Progress } from "./progress.js";

/** Everything that was started so far, in order, so that it can be stopped in the reverse order at any moment. */
export interface Started {
  stores?: OwnStores;
  secrets?: Secrets;
  readonly pairs: Pair[];
  /** Stages of processes, each ended together. */
  readonly stages: Supervised[][];
}

interface StartParts {
  readonly plan: SystemPlan;
  readonly ports: FixedPorts;
  /** Tells what there is, also when the start fails halfway. */
  readonly started: Started;
  readonly progress: Progress;
}

/** Starts the parts of a system one stage after the other; answers its secrets. */
export async function startParts(context: SystemContext, parts: StartParts): Promise<Secrets> {
  const { plan, started, progress } = parts;
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
  const surroundings = { stores, secrets, outside, directory };
  await startPairs(context, parts, {
    ...surroundings,
    title: "services and their sidecars",
    instances: plan.services,
  });
  await startPairs(context, parts, { ...surroundings, title: "edge and its sidecar", instances: plan.edge });
  await progress.step("healthy through the mesh", () => waitUntilHealthy(context, started.pairs));
  return secrets;
}

/** Ends everything in the reverse order of its start. */
export async function endParts(started: Started, how: "stop" | "kill"): Promise<void> {
  for (const stage of [...started.stages].reverse()) {
    // Within a pair the application goes first: what it still has to finish may need its sidecar.
    const [applications, sidecars] = [
      stage.filter(isApplication),
      stage.filter((process) => !isApplication(process)),
    ];
    for (const group of [applications, sidecars]) await Promise.all(group.map((process) => process[how]()));
  }
  await started.secrets?.[Symbol.asyncDispose]();
}

function isApplication({ name }: Supervised): boolean {
  return !name.endsWith("-envoy");
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

interface StageOptions extends Pick<PairOptions, "secrets" | "outside" | "directory"> {
  readonly title: string;
  readonly instances: readonly InstancePlan[];
  readonly stores: OwnStores;
}

async function startPairs(
  context: SystemContext,
  { ports, started, progress }: StartParts,
  { title, instances, stores, ...common }: StageOptions,
): Promise<void> {
  const onStarted = beginStage(started);
  const start = async (instance: InstancePlan) => {
    const store = stores.access.get(instance.workload.name);
    const own = { instance, store, ports: sidecarPorts(instance, ports), onStarted };
    started.pairs.push(await startPair(context, { ...common, ...own }));
  };
  await progress.step(
    title,
    () => settled(instances.map(start)),
    () => instances.map(({ name, implementation }) => `${name} (${implementation.language})`).join(", "),
  );
}
