import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Token } from "../../../test/system/http-client.js";
import type { Shop } from "../../../test/system/shop.js";
import { type Calls, countFailures, latencies } from "../visitors/calls.js";

/** What readers saw while the only instance of a service was killed. */
export interface LossFigures {
  readonly service: string;
  /** From the kill until its successor listens. */
  readonly backMs: number;
  readonly reads: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly longestMs: number;
}

export interface Read {
  readonly service: string;
  readonly path: string;
  readonly token?: Token;
}

const everyMs = 50;
const beforeMs = 1_000;
const afterMs = 3_000;
const patienceMs = 30_000;

/** Kills the application of the only instance of a service while somebody reads from it, twenty times a second. */
export async function loseOnlyInstance(shop: Shop, calls: Calls, read: Read): Promise<LossFigures> {
  const { service, path, token } = read;
  const [only, ...others] = (await shop.instances()).filter(({ workload }) => workload === service);
  if (only === undefined || others.length > 0) throw new Error(`${service} has not one instance`);
  const over = new AbortController();
  const operation = `read from ${service}`;
  const from = calls.all.length;
  const reading = readAlong(over.signal, (dueMs) =>
    calls.ask({ operation, method: "GET", path, dueMs, ...(token && { token }) }),
  );
  await sleep(beforeMs);
  process.kill(only.app.pid, "SIGKILL");
  const killedMs = performance.now();
  const backMs = await untilListening(only.app.socket, killedMs);
  await sleep(afterMs);
  over.abort();
  await reading;
  const reads = calls.all.slice(from).filter((call) => call.operation === operation);
  const longestMs = Math.max(...latencies(reads));
  return { service, backMs, reads: reads.length, failed: countFailures(reads), longestMs };
}

/** Begins a call at fixed moments, however long those before take. */
async function readAlong(signal: AbortSignal, read: (dueMs: number) => Promise<unknown>): Promise<void> {
  const reads: Promise<unknown>[] = [];
  for (let dueMs = performance.now(); !signal.aborted; dueMs += everyMs) {
    await sleep(Math.max(0, dueMs - performance.now()));
    reads.push(read(dueMs));
  }
  await Promise.all(reads);
}

/** Answers how long it took, in milliseconds from when its process was killed. */
export async function untilListening(socket: string, killedMs: number): Promise<number> {
  // The kernel takes a moment to end a process.
  while (await isListening(socket)) await sleep(1);
  while (!(await isListening(socket))) {
    if (performance.now() - killedMs > patienceMs) throw new Error(`nobody listens at ${socket} again`);
    await sleep(5);
  }
  return performance.now() - killedMs;
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
