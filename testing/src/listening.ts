import type { RunningProcess } from "./process.js";

/** The first line of a process that serves, as the launch protocol has it. */
export interface Listening {
  readonly event: "listening";
  readonly address: string;
  readonly pid: number;
  readonly version: string;
}

/** Waits until a process says where it listens. */
export async function listening(running: RunningProcess): Promise<Listening> {
  const line = await running.line("where it listens", (each) => each.includes('"listening"'));
  return JSON.parse(line);
}
