import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CopiedImplementation, copyImplementation, type Patch } from "./copied-implementation.js";

/** What the candidate does in standby: what it is told, or its work all the same. */
export type Manner = "obeys" | "acts in standby";

export interface Candidate extends CopiedImplementation {
  /** Lets it be healthy, which it is not before. */
  release(): void;
}

const hold = ".held";

/** Its worker takes up every open payment at once, and marks it FAILED without asking anybody. */
const wrongWorker: readonly Patch[] = [
  {
    file: "drive/recover.js",
    find: "const { kind, log: after } = await driver.drive(payment, context, neverRetry);",
    put: `const failed = { sequence: lastEvent(payment).sequence + 1, type: "FAILED", time: clock.now(), failure: "RESERVATION_GONE" };
        await store.insertEvent(payment.intent.id, failed);
        const [kind, after] = ["settled", payment];`,
  },
  { file: "drive/recovery.js", find: "clock.now().getTime() - recoverAfterMs", put: "clock.now().getTime()" },
  {
    file: "start-payment.js",
    find: "probe: () => store.ping()",
    put: `probe: async () => {
          if ((await import("node:fs")).existsSync(new URL("../../${hold}", import.meta.url))) throw new Error("held");
          return store.ping();
        }`,
  },
];

const worksAtOnce: Patch = {
  file: "start-payment.js",
  find: "const server = ",
  put: "startRecovery({ store, recover, clock, log, random, recoverAfterMs }); const server = ",
};

/** A patched copy of payment in TypeScript. */
export function makeWrongCandidate(manner: Manner): Candidate {
  const patches = manner === "obeys" ? wrongWorker : [...wrongWorker, worksAtOnce];
  const copy = copyImplementation("payment", patches);
  const held = join(copy.folder, hold);
  writeFileSync(held, "");
  return { ...copy, release: () => rmSync(held) };
}
