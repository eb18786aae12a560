import { setTimeout as sleep } from "node:timers/promises";
import { toFault } from "../fault.js";
import { type BackOffOptions, createBackOff } from "./back-off.js";
import { adopt, launch } from "./child.js";
import { type HealthWatchOptions, untilBroken } from "./health-watch.js";
import { lastComplaint } from "./lines.js";
import type { Child, ProcessSpec } from "./process-spec.js";
import { describeExit } from "./readiness.js";
import type { StateFile } from "./state-file.js";

export interface ProcessStatus {
  readonly name: string;
  readonly state: "running" | "restarting" | "stopped";
  readonly pid?: number;
  readonly version?: string;
  readonly address?: string;
  /** ISO time of the last successful start. */
  readonly since: string;
  readonly restarts: number;
  /** Why it ended the last time. */
  readonly lastExit?: string;
}

/** A process that is started again, whatever happens, until it is stopped. */
export interface Supervised {
  readonly name: string;
  status(): ProcessStatus;
  /** SIGTERM, then SIGKILL after its limit. */
  stop(): Promise<void>;
  /** SIGKILL at once. */
  kill(): Promise<void>;
}

export interface SuperviseOptions {
  readonly state: Pick<StateFile, "add" | "remove"> & Partial<Pick<StateFile, "serves" | "left">>;
  /** Told of every end and every new start. */
  readonly report: (line: string) => void;
  /** Runs each time that the process serves again, and the first time. */
  onReady?(child: Child): Promise<void> | void;
  readonly backOff?: BackOffOptions;
  /** When a process whose health is asked for is given up. */
  readonly healthWatch?: Omit<HealthWatchOptions, "signal">;
  /** Gives up the first start. */
  readonly signal?: AbortSignal | undefined;
}

/** Starts a process and keeps it up. The first start must succeed. */
export async function supervise(spec: ProcessSpec, options: SuperviseOptions): Promise<Supervised> {
  const stopping = new AbortController();
  const pause = createBackOff(options.backOff);
  let restarts = 0;
  let lastExit: string | undefined;
  let child =
    (await takeOver(spec, options)) ?? (await startOnce(spec, options, options.signal ?? stopping.signal));
  let state: ProcessStatus["state"] = "running";

  async function restart(): Promise<void> {
    const served = Date.now() - child.startedAt.getTime();
    for (let pauseMs = pause(served); ; pauseMs = pause(0)) {
      options.report(
        `${spec.name} ended (${lastExit}); starting it again in ${(pauseMs / 1000).toFixed(1)} s`,
      );
      await sleep(pauseMs, undefined, { signal: stopping.signal });
      try {
        restarts += 1;
        child = await startOnce(spec, options, stopping.signal);
        options.report(`${spec.name} serves again (pid ${child.pid}, start ${restarts + 1})`);
        return;
      } catch (error) {
        if (stopping.signal.aborted) throw error;
        lastExit = toFault(error, `${spec.name} cannot be started`).problem;
      }
    }
  }

  /** Waits for its end, and brings it about when it is not well. */
  async function endOf(running: Child): Promise<string> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, stopping.signal]);
    let broken: string | undefined;
    const watched = watch(spec, options, signal, async (problem) => {
      broken = problem;
      options.report(`${spec.name} is not well (${problem}); killing it`);
      await running.kill();
    });
    const exit = describeEnd(running, describeExit(await running.exited));
    over.abort();
    await watched;
    return broken === undefined ? exit : `killed, since it was not well: ${broken}`;
  }

  async function keepUp(): Promise<void> {
    for (;;) {
      const ended = await endOf(child);
      options.state.remove(child.pid);
      if (stopping.signal.aborted) return;
      state = "restarting";
      lastExit = ended;
      await restart();
      state = "running";
    }
  }

  const kept = keepUp()
    .catch((error: unknown) => {
      if (!stopping.signal.aborted)
        options.report(toFault(error, `${spec.name} is no longer supervised`).message);
    })
    .finally(() => {
      state = "stopped";
    });

  async function end(how: "stop" | "kill"): Promise<void> {
    stopping.abort();
    await child[how]();
    await kept;
  }

  return {
    name: spec.name,
    status: () => ({
      name: spec.name,
      state,
      ...(state === "running" ? { pid: child.pid } : {}),
      ...(child.version === undefined ? {} : { version: child.version }),
      address: child.address,
      since: child.startedAt.toISOString(),
      restarts,
      ...(lastExit === undefined ? {} : { lastExit }),
    }),
    stop: () => end("stop"),
    kill: () => end("kill"),
  };
}

async function watch(
  { healthCheck }: ProcessSpec,
  { healthWatch }: SuperviseOptions,
  signal: AbortSignal,
  onBroken: (problem: string) => Promise<void>,
): Promise<void> {
  if (healthCheck === undefined) return;
  try {
    await onBroken(await untilBroken(healthCheck, { ...healthWatch, signal }));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function startOnce(spec: ProcessSpec, options: SuperviseOptions, signal: AbortSignal): Promise<Child> {
  let spawned: number | undefined;
  try {
    const child = await launch(spec, {
      signal,
      onSpawn(pid) {
        spawned = pid;
        options.state.add(spec.name, pid);
      },
      onLogLost: (reason) => options.report(`lines of the log of ${spec.name} are lost: ${reason}`),
    });
    await onReadyOrKill(child, options);
    noteServing(child, options);
    return child;
  } catch (error) {
    if (spawned !== undefined) options.state.remove(spawned);
    throw error;
  }
}

/** A process of this name that an earlier supervisor left running; one that is of no use any more is ended. */
async function takeOver(spec: ProcessSpec, options: SuperviseOptions): Promise<Child | undefined> {
  const left = options.state.left?.(spec.name);
  if (left === undefined) return undefined;
  const { pid, serving } = left;
  options.state.add(spec.name, pid);
  const since = serving?.since ?? new Date().toISOString();
  const child = adopt(spec, { ...serving, address: serving?.address ?? "", pid, since });
  try {
    if (serving === undefined) throw new Error("it did not serve yet");
    await onReadyOrKill(child, options);
    noteServing(child, options);
    return child;
  } catch {
    await child.kill();
    options.state.remove(pid);
    return undefined;
  }
}

function noteServing({ pid, address, version, startedAt }: Child, { state }: SuperviseOptions): void {
  state.serves?.(pid, { address, ...(version !== undefined && { version }), since: startedAt.toISOString() });
}

async function onReadyOrKill(child: Child, options: SuperviseOptions): Promise<void> {
  try {
    await options.onReady?.(child);
  } catch (error) {
    await child.kill();
    throw error;
  }
}

function describeEnd(child: Child, exit: string): string {
  const last = child.explanation()?.cause ?? lastComplaint(child.lastLines());
  return last === undefined ? exit : `${exit}; its last complaint: ${last.slice(0, 200)}`;
}
