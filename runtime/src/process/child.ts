import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../fault.js";
import type { HealthCheck } from "./health-watch.js";
import { createLineSplitter, toJsonLine } from "./lines.js";
import { openSink, type Sink } from "./log-sink.js";
import { isSameProcess, processIdentity } from "./process-identity.js";

export interface Ready {
  /** Where it serves, such as `unix:/run/app.sock`. */
  readonly address: string;
  /** What it says of its own version. */
  readonly version?: string;
}

/** How a process tells that it serves: by a line it prints or by a probe that succeeds. */
export interface ReadyWhen {
  line?(line: string): Ready | undefined;
  probe?(): Promise<Ready | undefined>;
}

export interface ProcessSpec {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** The whole environment of the process: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly readyWhen: ReadyWhen;
  /** How long it may take until it serves. */
  readonly readyWithinMs: number;
  /** How long it may take from SIGTERM to its end; then SIGKILL. */
  readonly stopWithinMs: number;
  /** Whether it is well while it runs. Absent: nobody asks. */
  readonly healthCheck?: HealthCheck;
  /** What a line of its output says of why it cannot go on, where that is known. */
  explain?(line: string): Explanation | undefined;
  /** Where its output goes as JSON lines, private, also while nobody reads it. Absent: nowhere. */
  readonly logFile?: string;
  /** Runs before each start. */
  prepare?(): Promise<void> | void;
}

/** For people: what is wrong, and the way out. */
export interface Explanation {
  readonly cause: string;
  readonly wayOut: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child extends Ready {
  readonly name: string;
  readonly pid: number;
  readonly startedAt: Date;
  /** Settles when the process has ended, whatever the reason. */
  readonly exited: Promise<Exit>;
  /** The last lines that it printed, oldest first. */
  lastLines(): readonly string[];
  /** What the first line said that explains itself, however much came after it. */
  explanation(): Explanation | undefined;
  /** SIGTERM to its process group, SIGKILL when its time is over. */
  stop(): Promise<Exit>;
  /** SIGKILL to its process group. */
  kill(): Promise<Exit>;
}

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

interface Started extends Omit<Child, keyof Ready> {
  onLine(listener: (line: string) => void): void;
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

type Said = Pick<Child, "lastLines" | "explanation">;

interface Output {
  take(lines: readonly string[]): void;
  onLine(listener: (line: string) => void): void;
  readonly said: Said;
}

/** Writes what a process prints to its log, and remembers what tells of its end. */
function takeOutput(spec: ProcessSpec, sink: Sink | undefined): Output {
  const listeners: ((line: string) => void)[] = [];
  const last: string[] = [];
  let explanation: Explanation | undefined;
  return {
    take(lines) {
      last.push(...lines);
      if (last.length > 20) last.splice(0, last.length - 20);
      sink?.log.write(lines.map((line) => toJsonLine(line, new Date())));
      for (const line of lines) {
        explanation ??= spec.explain?.(line);
        for (const listener of listeners) listener(line);
      }
    },
    onLine: (listener) => listeners.push(listener),
    said: { lastLines: () => [...last], explanation: () => explanation },
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

function followOutput(
  { stdout, stderr }: ChildProcess,
  sink: Sink | undefined,
  take: (lines: readonly string[]) => void,
): void {
  sink?.output.follow(take);
  for (const stream of [stdout, stderr]) {
    const lines = createLineSplitter(take);
    stream?.on("data", lines.write);
    stream?.on("end", lines.end);
    stream?.on("error", () => undefined);
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

async function readiness(spec: ProcessSpec, started: Started, signal?: AbortSignal): Promise<Ready> {
  const over = new AbortController();
  const limits = [over.signal, ...(signal === undefined ? [] : [signal])];
  const stopped = AbortSignal.any(limits);
  try {
    return await Promise.race([
      lineReadiness(spec, started),
      probeReadiness(spec, stopped),
      started.exited.then((exit) => {
        throw failedStart(started, `ended at start (${describeExit(exit)})`);
      }),
      sleep(spec.readyWithinMs, undefined, { signal: stopped }).then(() => {
        throw failedStart(started, `did not serve within ${spec.readyWithinMs / 1000} s`);
      }),
    ]);
  } finally {
    over.abort();
  }
}

function lineReadiness({ readyWhen }: ProcessSpec, started: Started): Promise<Ready> {
  return new Promise((resolve) => {
    started.onLine((line) => {
      const ready = readyWhen.line?.(line);
      if (ready !== undefined) resolve(ready);
    });
  });
}

async function probeReadiness({ readyWhen }: ProcessSpec, stopped: AbortSignal): Promise<Ready> {
  for (;;) {
    const ready = await readyWhen.probe?.().catch(() => undefined);
    if (ready !== undefined) return ready;
    await sleep(readyWhen.probe === undefined ? 3_600_000 : 25, undefined, { signal: stopped });
  }
}

function failedStart({ name, lastLines, explanation }: Started, what: string): Fault {
  const known = explanation();
  if (known !== undefined) return new Fault(`${name} ${what}: ${known.cause}.`, known.wayOut);
  const said = lastLines()
    .slice(-8)
    .map((line) => `\n    ${line}`);
  return new Fault(
    `${name} ${what}.${said.length === 0 ? "" : ` Its last lines:${said.join("")}`}`,
    `Its whole log: theseus logs ${name}.`,
  );
}

/** `exit code 3`, `signal SIGKILL`. */
export function describeExit({ code, signal }: Exit): string {
  if (code === null && signal === null) return "nobody saw how";
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}
