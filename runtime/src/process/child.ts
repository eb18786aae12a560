import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../fault.js";
import { followOutput, type Said, takeOutput } from "./child-output.js";
import { openSink, type Sink } from "./log-sink.js";
import { isSameProcess, processIdentity } from "./process-identity.js";
import type { Child, Exit, ProcessSpec, Ready } from "./process-spec.js";
import { readiness, type Started } from "./readiness.js";

interface LaunchOptions {
  /** Told as soon as there is a process, before it serves. */
  onSpawn?(pid: number): void;
  /** Ends the wait for readiness, and the process. */
  readonly signal?: AbortSignal;
  /** Told once when lines of its log are lost, with the reason. */
  onLogLost?(reason: string): void;
}

/** Starts a process and waits until it serves; when it does not, the fault shows its last lines. */
export async function launch(spec: ProcessSpec, options: LaunchOptions = {}): Promise<Child> {
  options.signal?.throwIfAborted();
  await spec.prepare?.();
  const started = start(
    spec,
    spec.logFile === undefined ? undefined : openSink(spec.logFile, { onLogLost: options.onLogLost }),
  );
  try {
    options.onSpawn?.(started.pid);
    return { ...started, ...(await readiness(spec, started, options.signal)) };
  } catch (error) {
    await started.kill();
    throw error;
  }
}

/** Takes over a process that was started by the same specification, runs and serves. */
export function adopt(
  spec: ProcessSpec,
  { pid, since, ...ready }: Ready & { readonly pid: number; readonly since: string },
  options: Pick<LaunchOptions, "onLogLost"> = {},
): Child {
  const { onLogLost } = options;
  const sink =
    spec.logFile === undefined ? undefined : openSink(spec.logFile, { onLogLost, continues: true });
  const output = takeOutput(spec, sink);
  sink?.output.follow(output.take);
  const exited = untilGone(pid).finally(() => sink?.[Symbol.dispose]());
  return { ...toChild(spec, { pid, exited, startedAt: new Date(since) }), ...output.said, ...ready };
}

function start(spec: ProcessSpec, sink: Sink | undefined): Started {
  const child = spawnOrClose(spec, sink);
  const output = takeOutput(spec, sink);
  followOutput(child, sink, output.take);
  const exited = waitForExit(child).finally(() => sink?.[Symbol.dispose]());
  const { pid } = child;
  if (pid === undefined) {
    throw new Fault(
      `${spec.name} cannot be started: ${spec.command[0]} is not an executable file, or its folder ${spec.cwd} is missing.`,
      "Install what it needs to run, or choose another implementation (--impl).",
    );
  }
  return { ...toChild(spec, { pid, exited, startedAt: new Date() }), ...output.said, onLine: output.onLine };
}

type Running = Pick<Child, "pid" | "startedAt" | "exited">;

function toChild(
  { name, stopWithinMs }: ProcessSpec,
  { pid, exited, startedAt }: Running,
): Omit<Child, keyof Ready | keyof Said> {
  let over = false;
  const ended = exited.finally(() => {
    over = true;
  });
  return {
    name,
    pid,
    startedAt,
    exited: ended,
    // Once it has ended its pid may be somebody else's.
    stop: () => (over ? ended : end(pid, ended, "SIGTERM", stopWithinMs)),
    kill: () => (over ? ended : end(pid, ended, "SIGKILL", stopWithinMs)),
  };
}

/** How often a process is looked for that is no child of this one: nobody tells of its end. */
const lookEveryMs = 100;

async function untilGone(pid: number): Promise<Exit> {
  const identity = processIdentity(pid);
  while (identity !== undefined && isSameProcess(pid, identity)) await sleep(lookEveryMs);
  signalGroup(pid, "SIGKILL");
  return { code: null, signal: null };
}

function spawnOrClose({ command, cwd, env }: ProcessSpec, sink: Sink | undefined): ChildProcess {
  const [file, ...args] = command;
  const output = sink?.output.descriptor ?? "pipe";
  // Inherited: files and sockets that it makes are its account's alone.
  const umask = process.umask(0o077);
  try {
    // A process group of its own: Ctrl-C at the terminal reaches the supervisor alone, which then stops things in order.
    return spawn(file, args, { cwd, env: { ...env }, stdio: ["ignore", output, output], detached: true });
  } catch (error) {
    sink?.[Symbol.dispose]();
    throw error;
  } finally {
    process.umask(umask);
  }
}

function waitForExit(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.on("error", () => {
      if (child.pid === undefined) resolve({ code: 127, signal: null });
    });
    // "close" comes after the last output; a grandchild that holds the pipe must not hold up the exit.
    child.on("exit", (code, signal) => {
      // What the process itself started must not outlive it.
      if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
      const done = () => resolve({ code, signal });
      child.once("close", done);
      setTimeout(done, 500).unref();
    });
  });
}

async function end(
  pid: number,
  exited: Promise<Exit>,
  signal: NodeJS.Signals,
  limitMs: number,
): Promise<Exit> {
  signalGroup(pid, signal);
  const timer = new AbortController();
  const late = sleep(limitMs, undefined, { signal: timer.signal }).then(
    () => signalGroup(pid, "SIGKILL"),
    () => undefined,
  );
  const exit = await exited;
  timer.abort();
  await late;
  return exit;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // the group is gone
  }
}
