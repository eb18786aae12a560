import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { inspect } from "node:util";
import { eventually } from "./eventually.js";
import { endGroup, endWithTests } from "./process-group.js";

export type Command = readonly [program: string, ...args: string[]];

export interface ProcessOptions {
  readonly cwd?: string;
  /** The whole environment. Default: the test's own. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of a test's own. Disposal ends it, and what it has started in its group, by SIGKILL. */
export interface RunningProcess extends AsyncDisposable {
  readonly pid: number;
  /** Its standard output so far. */
  stdout(): string;
  /** Its standard error so far. */
  stderr(): string;
  /** The whole lines of its standard output so far. */
  lines(): readonly string[];
  /** The first line that fits, as soon as it is there; rejects with all that was printed when it does not come. */
  line(what: string, fits: (line: string) => boolean): Promise<string>;
  /** Settles when it has ended and all its output is read. */
  readonly ended: Promise<Exit>;
  /** Sends a signal, SIGTERM by default, and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

/** Starts a process; rejects when there is no such program. */
export async function startProcess(command: Command, options: ProcessOptions = {}): Promise<RunningProcess> {
  const [program, ...args] = command;
  const child = spawn(program, args, { ...options, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  await once(child, "spawn");
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} was started and has no pid`);
  endWithTests(child);
  const lines = () => stdout().split("\n").slice(0, -1);
  let exit: Exit | undefined;
  const ended = once(child, "close").then(([code, signal]): Exit => {
    exit = { code, signal };
    return exit;
  });
  return {
    pid,
    stdout,
    stderr,
    lines,
    ended,
    line: async (what, fits) => {
      const look = () => ({ line: lines().find(fits), exit, stdout: stdout(), stderr: stderr() });
      const until = ({ line }: ReturnType<typeof look>) => line !== undefined || exit !== undefined;
      const seen = await eventually(`${program} prints ${what}`, look, { until });
      if (seen.line !== undefined) return seen.line;
      throw new Error(`${program} ended without printing ${what}: ${inspect(seen)}`);
    },
    stop: (signal = "SIGTERM") => {
      child.kill(signal);
      return ended;
    },
    [Symbol.asyncDispose]: async () => {
      if (exit === undefined) endGroup(child);
      await ended;
    },
  };
}

function collect(stream: Readable): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
