import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AsyncDisposableStack } from "@theseus/kit";
import type { MeshPolicy } from "@theseus/mesh/policy";
import { openProofs, type Proofs } from "../certificate/proofs.js";
import { showChange } from "../changes/change.js";
import { Changes, changeNote } from "../changes/changes.js";
import { readChange, readSteering } from "../changes/read-change.js";
import { retire } from "../changes/replace.js";
import { Fault, toFault } from "../fault.js";
import { buildAll } from "../implementation/build.js";
import type { Instances } from "../instances/instances.js";
import { type CallCounts, countCalls } from "../numbers/count-calls.js";
import { keepAccessLogsShort } from "../pair/access-logs.js";
import { developerFolder } from "../pair/instance-paths.js";
import { type LockAttempt, tryLock } from "../process/pid-lock.js";
import { runFolder } from "../process/run-folder.js";
import { createStateFile, endOrphans, readState } from "../process/state-file.js";
import { provisionEnvoy } from "../provision/envoy.js";
import { endMirrors } from "../shadow/end-mirrors.js";
import { swapNote } from "../swap/swap-status.js";
import { assertHostNames } from "../system/allowed-hosts.js";
import type { SystemContext } from "../system/context.js";
import { claimFixedPorts } from "../system/fixed-ports.js";
import { type Home, prepareHome } from "../system/home.js";
import type { StartOptions } from "../system/options.js";
import { type InstancePlan, planSystem, type SystemPlan } from "../system/plan.js";
import { readPolicy } from "../system/policy-file.js";
import type { Endpoints, System } from "../system/system.js";
import { serveControl } from "./control-socket.js";
import { endParts, type Started, startParts } from "./parts.js";
import type { Progress } from "./progress.js";
import { instanceStatuses, type SystemStatus, toEndpoints } from "./status.js";
import type { StopRequest } from "./stop-request.js";
import { metricsPlace, openMetrics } from "./system-metrics.js";
import { endUntaken, readTakeover, settleHistory, type Takeover, tellOutdated } from "./takeover.js";

export interface RunOptions extends StartOptions {
  readonly home: Home;
  readonly checkout: string;
  readonly env: NodeJS.ProcessEnv;
  readonly progress: Progress;
  readonly stop: StopRequest;
  /** Told once everything is up; the instances are for whoever goes on with them in this process. */
  onOpen(endpoints: Endpoints, instances: Instances): void;
}

/** Starts a system, keeps it up until it is asked to stop, and leaves nothing behind. */
export async function runSystem(system: System, options: RunOptions): Promise<void> {
  const { home } = options;
  const { name } = system.topology;
  const plan = planSystem(system.topology, options);
  const policy = readPolicy(system, options.policy);
  assertHostNames(options.allowedHosts);
  prepareHome(home);
  const lock = await claimHome(home, name);
  try {
    const takeover = readTakeover(readState(home.state), system.topology, plan);
    if (takeover === undefined) await clearLeftovers(home, options.progress);
    else options.progress.note("the processes of a killed supervisor are taken over, as they are");
    if (options.policy !== undefined)
      options.progress.note(`the contract's policy, and over it ${options.policy}`);
    const decided = { plan: takeover?.plan ?? plan, policy };
    await runPlan(system, { ...decided, ...(takeover && { takeover }) }, options);
  } catch (error) {
    throw toFault(error, `The ${name} cannot be opened`);
  } finally {
    lock.release();
  }
}

/** What is known before anything is touched. */
interface Decided {
  readonly plan: SystemPlan;
  readonly policy: MeshPolicy;
  /** What is running already. */
  readonly takeover?: Takeover;
}

/** From the first process to the last; what was opened is closed in the reverse order, however far it came. */
async function runPlan(system: System, decided: Decided, options: RunOptions): Promise<void> {
  const { home, progress, stop } = options;
  await using opened = new AsyncDisposableStack();
  const run = runFolder(`home ${home.path}`);
  opened.defer(() => {
    for (const path of [home.grpc, run]) rmSync(path, { recursive: true, force: true });
  });
  const control = join(run, "control.sock");
  const state = createStateFile(home.state, control, decided.takeover?.state);
  opened.defer(() => state.clear());
  const started: Started = { stages: [] };
  let changes: Changes | undefined;
  let counts: CallCounts | undefined;
  const status: Pick<SystemStatus, "startedAt"> & { phase: SystemStatus["phase"]; endpoints?: Endpoints } = {
    phase: "starting",
    startedAt: new Date().toISOString(),
  };
  opened.use(
    await serveControl<SystemStatus>(control, {
      status: async () => ({
        pid: process.pid,
        home: home.path,
        ...status,
        ...(changes?.underway !== undefined && { change: changes.underway }),
        ...(changes?.swap !== undefined && { swap: changes.swap }),
        instances: await instanceStatuses(started, { counts }),
      }),
      down: stop.request,
      change: async (wanted, say) => {
        if (changes === undefined || status.phase !== "open") throw notOpen(status.phase);
        await changes.make(readChange(wanted), say);
      },
      steer: (wanted) => {
        if (changes === undefined || status.phase !== "open") throw notOpen(status.phase);
        return changes.steer(readSteering(wanted));
      },
    }),
  );
  opened.defer(() => {
    status.phase = "closing";
    return close(started, options);
  });
  try {
    const place = metricsPlace(options, decided.takeover?.ports.metrics);
    const metrics = opened.use(await openMetrics(started, decided.policy, place));
    status.endpoints = await open(system, decided, options, { run, state, started, metrics: metrics.port });
    const pairs = () => started.instances?.pairs ?? [];
    counts = opened.use(countCalls({ home, policy: decided.policy }, pairs, metrics.count));
    opened.use(keepAccessLogsShort(home.logs, pairs, progress.note));
    const { instances } = started;
    changes = instances && new Changes(instances);
    status.phase = "open";
    if (instances !== undefined) options.onOpen(status.endpoints, instances);
    await stop.requested;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
}

function notOpen(phase: string): Fault {
  return new Fault(`It cannot be changed while it is ${phase}.`, "Wait until theseus status calls it open.");
}

/** How long a lock may change hands. */
const handoverMs = 10_000;

async function claimHome(home: Home, name: string): Promise<{ release(): void }> {
  let lock = lockOf(home);
  for (const begun = Date.now(); !lock.held && lock.owner === undefined; lock = lockOf(home)) {
    if (Date.now() - begun > handoverMs) break;
    await sleep(100);
  }
  if (lock.held) return lock;
  if (lock.owner === undefined) {
    throw new Fault(
      `The lock ${home.lock} is neither held nor free.`,
      `When no ${name} runs in ${home.path} (theseus status), remove it and ${home.lock}.takeover.`,
    );
  }
  throw new Fault(
    `The ${name} runs already in ${home.path} (pid ${lock.owner}).`,
    "Look at it with theseus status, stop it with theseus down, or set THESEUS_HOME to another folder for a second one.",
  );
}

function lockOf(home: Home): LockAttempt {
  try {
    return tryLock(home.lock);
  } catch (error) {
    throw toFault(error, `The folder ${home.path} cannot be used`);
  }
}

async function clearLeftovers(home: Home, progress: Progress): Promise<void> {
  const left = readState(home.state);
  if (left === undefined) return;
  const orphans = await endOrphans(left);
  if (orphans.length === 0) return;
  const ended = orphans.map(({ name, pid }) => `${name} (${pid})`).join(", ");
  progress.note(`ended what a killed supervisor had left running: ${ended}`);
}

interface Opening extends Pick<SystemContext, "run" | "state"> {
  readonly started: Started;
  /** Port of `/metrics`. */
  readonly metrics: number;
}

async function open(
  system: System,
  { plan, policy, takeover }: Decided,
  options: RunOptions,
  { run, state, started, metrics }: Opening,
): Promise<Endpoints> {
  const { home, checkout, env, progress, stop } = options;
  const { topology } = system;
  const { signal } = stop;
  const ports = { ...(takeover?.ports ?? (await claimFixedPorts(topology, options))), metrics };
  for (const folder of [run, developerFolder(run)]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  linkDevelopers(home, run);
  const implementations = [...plan.externals, ...plan.services, ...plan.edge].map(
    (part) => part.implementation,
  );
  await progress.step(
    "implementations",
    () =>
      takeover === undefined ? buildAll(implementations, options.built, { env, signal }) : Promise.resolve(0),
    (count) => (count === 0 ? "built" : `${count} built`),
  );
  const envoy = await progress.step(
    "Envoy",
    () => provisionEnvoy({ env, report: progress.note, signal }),
    ({ version }) => version,
  );
  const proofs = await openSystemProofs(system, options);
  const context: SystemContext = {
    home,
    checkout,
    run,
    env,
    topology,
    policy,
    allowedHosts: options.allowedHosts,
    envoy,
    state,
    ...(proofs && { proofs }),
    keepSecrets: (folder) => system.keepSecrets(folder),
    contract: system.contract,
    ...(system.shadow && { shadow: system.shadow }),
    report: progress.note,
    signal,
  };
  const entries = takeover?.entries ?? [];
  const { files } = await startParts(context, { plan, ports, started, progress, entries });
  if (takeover !== undefined) await finishTakeover(takeover, context, started);
  state.note("ports", ports);
  const endpoints = toEndpoints(context, ports, files);
  for (const job of system.jobs) await progress.step(job.title, () => job.run(endpoints, signal), String);
  return endpoints;
}

async function openSystemProofs(
  { proof, contract }: System,
  { home, checkout, env, stop }: RunOptions,
): Promise<Proofs | undefined> {
  if (proof === undefined) return undefined;
  return openProofs({
    home,
    checkout,
    env,
    contract,
    definition: proof,
    signal: stop.signal,
  });
}

/** Ends what had no calls yet, and those that had no new ones any more. */
async function finishTakeover(takeover: Takeover, context: SystemContext, started: Started): Promise<void> {
  const { instances } = started;
  if (instances === undefined) return;
  settleHistory(takeover, context, showChange);
  await tellOutdated(takeover, context.report);
  const { services, edges } = instances.workloads;
  const taken = [...started.stages.flat(), ...instances.processesOf([...services, ...edges])];
  const names = new Set(taken.map(({ name }) => name));
  await endUntaken(takeover, context.home, (name) => names.has(name));
  await endMirrors(instances.pairs, context.report);
  for (const note of [changeNote, swapNote]) context.state.note(note, undefined);
  for (const workload of services) {
    const pairs = instances.pairsOf(workload);
    const leaving = pairs.filter(({ instance }) => stageOf(instance) !== "active");
    if (leaving.length === 0) continue;
    // Whoever stays has all calls again: a candidate had a share of them, by weight.
    const stages = pairs.map(
      (pair) => [pair.instance.name, leaving.includes(pair) ? "draining" : "active"] as const,
    );
    await instances.move(workload, new Map(stages));
    await retire(instances, leaving, context.report);
  }

  function stageOf({ name }: InstancePlan) {
    return instances?.around.table.get(name).stage;
  }
}

/** Where the home is, so are the sockets: their own paths must be short, and are hard to find. */
function linkDevelopers({ grpc }: Home, run: string): void {
  rmSync(grpc, { recursive: true, force: true });
  symlinkSync(developerFolder(run), grpc);
}

async function close(started: Started, { progress, stop }: RunOptions): Promise<void> {
  if (started.stages.length === 0) return;
  const killed = stop.urgent.then(() => endParts(started, "kill"));
  await progress.step("closed", () => Promise.race([endParts(started, "stop"), killed]));
}
