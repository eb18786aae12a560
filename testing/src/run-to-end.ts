import { type Command, type Exit, type ProcessOptions, startProcess } from "./process.js";

export interface RunOptions extends ProcessOptions {
  /** Longest run. Default 60 s. */
  readonly withinMs?: number;
}

export interface FinishedRun extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, whatever its exit code; one that takes too long is ended, and makes this reject. */
export async function runToEnd(command: Command, options: RunOptions = {}): Promise<FinishedRun> {
  const { withinMs = 60_000, ...rest } = options;
  await using run = await startProcess(command, rest);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void run[Symbol.asyncDispose]();
  }, withinMs);
  const exit = await run.ended;
  clearTimeout(timer);
  const [stdout, stderr] = [run.stdout(), run.stderr()];
  if (late)
    throw new Error(`${command.join(" ")} did not end within ${withinMs / 1000} s:\n${stdout}${stderr}`);
  return { ...exit, stdout, stderr };
}
