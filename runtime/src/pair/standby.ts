import { rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../fault.js";
import { checkHealth } from "./grpc-health.js";
import type { Pair } from "./pair.js";

/** Calls under way may take as long as they take on the end of a process. */
const limitMs = 20_000;

/** Tells an application to act, and waits until it does. */
export async function activate(pair: Pair): Promise<void> {
  rmSync(pair.paths.standby, { force: true });
  await untilActiveIs(pair, "SERVING");
}

/** Tells an application to come to rest, and waits until it writes nothing any more. */
export async function enterStandby(pair: Pair): Promise<void> {
  writeFileSync(pair.paths.standby, "");
  await untilActiveIs(pair, "NOT_SERVING");
}

async function untilActiveIs({ instance, paths }: Pair, wanted: "SERVING" | "NOT_SERVING"): Promise<void> {
  const deadline = Date.now() + limitMs;
  while ((await checkHealth(paths.app, 2_000, "active")) !== wanted) {
    if (Date.now() > deadline)
      throw new Fault(
        `${instance.name} does not become ${wanted === "SERVING" ? "active" : "passive"} within ${limitMs / 1000} s.`,
        `See theseus logs ${instance.name}, and Standby in docs/launch-protocol.md.`,
      );
    await sleep(25);
  }
}
