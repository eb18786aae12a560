import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../fault.js";
import type { Output } from "./child-output.js";
import type { Child, Exit, ProcessSpec, Ready } from "./process-spec.js";

/** A process that does not serve yet. */
export interface Started extends Omit<Child, keyof Ready> {
  readonly onLine: Output["onLine"];
}

/** Waits until it serves. Rejects with a fault that shows its last lines when it does not, or ends. */
export async function readiness(spec: ProcessSpec, started: Started, signal?: AbortSignal): Promise<Ready> {
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
