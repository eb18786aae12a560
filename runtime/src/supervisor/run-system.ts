import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { compilePolicy } from "@theseus/mesh/policy";
import { shop as topology } from "@theseus/mesh/topology";
import { Fault, toFault } from "../fault.js";
import { buildAll } from "../implementation/build.js";
import { keepAccessLogsShort } from "../pair/access-logs.js";
import { type LockAttempt, tryLock } from "../process/pid-lock.js";
import { runFolder } from "../process/run-folder.js";
import { createStateFile, endOrphans, readState } from "../process/state-file.js";
import { provisionEnvoy } from "../provision/envoy.js";
import type { ShopContext } from "./context.js";
import { serveControl } from "./control-socket.js";
import { type Home, prepareHome } from "./home.js";
import type { ShopOptions } from "./options.js";
import { claimPorts, endParts, type Started, startParts } from "./parts.js";
import { planShop, type ShopPlan, servicesOf } from "./plan.js";
import type { Progress } from "./progress.js";
import { seed } from "./seed.js";
import { type Endpoints, instanceStatuses, type ShopStatus, toEndpoints } from "./status.js";
import type { StopRequest } from "./stop-request.js";

export interface RunOptions extends ShopOptions {
  readonly home: Home;
  readonly checkout: string;
  readonly env: NodeJS.ProcessEnv;
  readonly progress: Progress;
  readonly stop: StopRequest;
  /** Told once everything is up. */
  onOpen(endpoints: Endpoints): void;
}

/** Opens the shop, keeps it open until it is asked to stop, and leaves nothing behind. */
export async function runShop(options: RunOptions): Promise<void> {
  const { home, progress, stop } = options;
  const plan = planShop({ ...options, topology });
  prepareHome(home);
  const lock = claimHome(home);
  try {
    await clearLeftovers(home, progress);
    const run = runFolder(`home ${home.path}`);
    const control = join(run, "control.sock");
    const state = createStateFile(home.state, control);
    const started: Started = { pairs: [], stages: [] };
    const status = { phase: "starting" as ShopStatus["phase"], startedAt: new Date().toISOString() };
    let endpoints: Endpoints | undefined;
    const served = await serveControl<ShopStatus>(control, {
      status: async () => ({
        pid: process.pid,
        home: home.path,
        ...status,
        instances: await instanceStatuses(started),
        ...(endpoints === undefined ? {} : { endpoints }),
      }),
      down: stop.request,
    });
    try {
      endpoints = await open(options, plan, { run, state, started });
      using _logs = keepAccessLogsShort(home.logs, started.pairs, progress.note);
      status.phase = "open";
      options.onOpen(endpoints);
      await stop.requested;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      status.phase = "closing";
      await close(started, options);
      await served[Symbol.asyncDispose]();
      state.clear();
      rmSync(run, { recursive: true, force: true });
    }
  } catch (error) {
    throw toFault(error, "The shop cannot be opened");
  } finally {
    lock.release();
  }
}

function claimHome(home: Home): { release(): void } {
  const lock = lockOf(home);
  if (lock.held) return lock;
  throw new Fault(
    `A shop runs already in ${home.path} (pid ${lock.owner ?? "unknown"}).`,
    "Look at it with theseus status, stop it with theseus down, or set THESEUS_HOME to another folder for a second one.",
  );
}

function lockOf(home: Home): LockAttempt {
  try {
    return tryLock(home.lock);
  } catch (error) {
    throw toFault(error, `The shop's folder ${home.path} cannot be used`);
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

type Opening = Pick<ShopContext, "run" | "state"> & { readonly started: Started };

async function open(
  options: RunOptions,
  plan: ShopPlan,
  { run, state, started }: Opening,
): Promise<Endpoints> {
  const { home, env, progress, stop } = options;
  const { signal } = stop;
  const ports = await claimPorts(servicesOf(topology), options);
  mkdirSync(run, { recursive: true, mode: 0o700 });
  await progress.step(
    "implementations",
    () => buildAll(plan, options.built, env, signal),
    (count) => (count === 0 ? "built" : `${count} built`),
  );
  const envoy = await progress.step(
    "Envoy",
    () => provisionEnvoy({ env, report: progress.note, signal }),
    ({ version }) => version,
  );
  const policy = compilePolicy(descriptorSetBytes(), topology);
  const context: ShopContext = {
    home,
    run,
    env,
    topology,
    policy,
    envoy,
    state,
    report: progress.note,
    signal,
  };
  await startParts(context, plan, ports, started, progress);
  const { secrets } = started;
  if (secrets === undefined) throw new Error("the shop was started without secrets");
  await progress.step(
    "catalogue, customer and administrator",
    () => seed(ports.edge, secrets),
    ({ items, created }) =>
      created === 0 ? `${items} items were there` : `${created} of ${items} items made`,
  );
  return toEndpoints(ports, secrets.files);
}

async function close(started: Started, { progress, stop }: RunOptions): Promise<void> {
  if (started.stages.length === 0) return;
  const killed = stop.urgent.then(() => endParts(started, "kill"));
  await progress.step("closed", () => Promise.race([endParts(started, "stop"), killed]));
}
