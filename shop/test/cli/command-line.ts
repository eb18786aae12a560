import { fileURLToPath } from "node:url";
import { type FinishedRun, runToEnd } from "@theseus/testing";

const program = fileURLToPath(new URL("../../../bin/theseus.mjs", import.meta.url));

/** Runs the `theseus` command to its end, with a home of the caller's. */
export function theseus(home: string, ...args: readonly string[]): Promise<FinishedRun> {
  return runToEnd([process.execPath, program, ...args], { env: { ...process.env, THESEUS_HOME: home } });
}
